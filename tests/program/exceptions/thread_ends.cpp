// pthread_exit and pthread_cancel unwind: objects are destroyed, handlers run, nothing is caught;
// natively with musl they do not, so what must come of it is written here.
#include <cstdio>
#include <pthread.h>
#include <string>
#include <unistd.h>

static std::string trace;
struct Guard {
  const char *name;
  ~Guard() { trace += name; }
};
static int pipe_ends[2];

__attribute__((noinline)) static void leave(int how) {
  Guard guard{"a"};
  char byte;
  if (how == 0)
    pthread_exit((void *)&trace);
  pthread_testcancel();
  if (read(pipe_ends[0], &byte, 1) == 1)
    trace += "read";
}
static void handler(void *name) { trace += (const char *)name; }

__attribute__((noinline)) static void between(int how) {
  Guard guard{"b"};
  pthread_cleanup_push(handler, (void *)"h");
  try {
    leave(how);
  } catch (int) {
    trace += "caught";
  }
  pthread_cleanup_pop(0);
}
static void *body(void *how) {
  Guard guard{"c"};
  between((int)(long)how);
  return nullptr;
}

int main() {
  int wrong = pipe(pipe_ends);
  for (long how = 0; how < 2; how++) {
    pthread_t thread;
    void *result;
    trace.clear();
    pthread_create(&thread, nullptr, body, (void *)how);
    if (how == 1)
      pthread_cancel(thread);
    pthread_join(thread, &result);
    printf("%s %d\n", trace.c_str(),
           result == (how ? PTHREAD_CANCELED : (void *)&trace));
    wrong += trace != "abhc" && trace != "ahbc";
  }
  return wrong;
}
