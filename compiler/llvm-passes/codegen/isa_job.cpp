//===- isa_job.cpp - one forked child per ISA, and fallbacks --------------===//
//
// A child writes the object to "<path>.part" and its result to a pipe:
//   C <index> <value>          a counter
//   V <function> TAB <text>    a violation
//   D                          done (without it the child failed or crashed)
// If there are violations the parent raises the fallback level of those
// functions and forks that ISA again from its own, still pristine module. The
// objects get their final names when all of them are free of violations.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace popcorn {

namespace {
struct Job {
  const Options::Output *Out = nullptr;
  pid_t Pid = -1;
  int Fd = -1;
  std::string Received;
  StringMap<unsigned> Fallbacks;
  Counters Counts{};
  std::vector<Violation> Violations;
  std::vector<Violation> FirstViolations; // of the first attempt
  bool Done = false;

  std::string partPath() const { return Out->Path + ".part"; }
};
} // namespace

static bool complain(const Job &J, const Twine &Text) {
  errs() << "popcorn-codegen: " << J.Out->Isa->Name << ": " << Text << "\n";
  return false;
}

static void report(int Fd) {
  raw_fd_ostream OS(Fd, /*shouldClose=*/true);
  Attempt &A = attempt();
  for (unsigned I = 0; I < CounterEnd; ++I)
    OS << "C " << I << " " << A.Counts[I] << "\n";
  for (const Violation &V : A.Violations)
    OS << "V " << V.Function << "\t" << V.Text << "\n";
  OS << "D\n";
}

[[noreturn]] static void runChild(Module &M, const Options &Opts, const Job &J,
                                  int Fd) {
  attempt().Opts = &Opts;
  attempt().Isa = J.Out->Isa;
  attempt().Fallbacks = J.Fallbacks;
  std::error_code EC;
  raw_fd_ostream Object(J.partPath(), EC, sys::fs::OF_None);
  bool Good = !EC && emitObject(M, Object);
  Object.close();
  EC = EC ? EC : Object.error();
  Object.clear_error();
  if (EC)
    Good = complain(J, "cannot write " + J.partPath() + ": " + EC.message());
  if (Good)
    report(Fd);
  errs().flush();
  _exit(Good ? 0 : 1); // no destructors: the parent still owns everything
}

static bool start(Job &J, Module &M, const Options &Opts) {
  int Ends[2];
  if (pipe(Ends) != 0)
    return complain(J, Twine("cannot make a pipe: ") + strerror(errno));
  J.Received.clear();
  J.Violations.clear();
  J.Done = false;
  errs().flush();
  J.Pid = fork();
  if (J.Pid == 0) {
    close(Ends[0]);
    runChild(M, Opts, J, Ends[1]);
  }
  close(Ends[1]);
  J.Fd = Ends[0];
  if (J.Pid < 0)
    return complain(J, Twine("cannot fork: ") + strerror(errno));
  return true;
}

static void parseReport(Job &J) {
  SmallVector<StringRef, 0> Lines;
  StringRef(J.Received).split(Lines, '\n');
  for (StringRef Line : Lines) {
    StringRef Body = Line.drop_front(std::min<size_t>(2, Line.size()));
    if (Line == "D") {
      J.Done = true;
    } else if (Line.starts_with("C ")) {
      auto [Index, Value] = Body.split(' ');
      unsigned I = CounterEnd;
      uint64_t V = 0;
      if (!Index.getAsInteger(10, I) && !Value.getAsInteger(10, V) &&
          I < CounterEnd)
        J.Counts[I] = V;
    } else if (Line.starts_with("V ")) {
      auto [Name, Text] = Body.split('\t');
      J.Violations.push_back({Name.str(), Text.str()});
    }
  }
}

// Raises the level of every function with a violation. False if one of them
// has nothing left to switch off: then all are printed.
static bool raiseLevels(Job &J) {
  StringMap<unsigned> Before = J.Fallbacks;
  bool Possible = true;
  for (const Violation &V : J.Violations) {
    unsigned Next = Before.lookup(V.Function) + 1;
    J.Fallbacks[V.Function] = Next;
    Possible &= Next < FallbackEnd;
  }
  if (J.FirstViolations.empty())
    J.FirstViolations = J.Violations;
  if (Possible)
    return true;
  // Those of the first attempt: they name code as it normally is.
  const size_t Most = 20;
  const std::vector<Violation> &All = J.FirstViolations;
  for (size_t I = 0; I < std::min(Most, All.size()); ++I)
    complain(J, All[I].Function + ", " + All[I].Text);
  if (All.size() > Most)
    complain(J, Twine(All.size() - Most) + " more of this kind");
  return complain(J, "a value is live across a call site without being in its "
                     "frame map, so this program could not migrate safely. "
                     "This is a bug of popcorn-codegen, please report it.");
}

// After the child's end of file. May start this ISA once more.
static bool finish(Job &J, Module &M, const Options &Opts) {
  close(J.Fd);
  J.Fd = -1;
  int Status = 0;
  while (waitpid(J.Pid, &Status, 0) < 0 && errno == EINTR)
    ;
  parseReport(J);
  if (WIFSIGNALED(Status))
    return complain(J, Twine("the code generator died of signal ") +
                           Twine(WTERMSIG(Status)) +
                           ". This is a bug of popcorn-codegen or of LLVM.");
  if (!J.Done || !WIFEXITED(Status) || WEXITSTATUS(Status) != 0)
    return complain(J, "code generation failed");
  if (!J.Violations.empty())
    return raiseLevels(J) && start(J, M, Opts);
  for (const auto &Entry : J.Fallbacks)
    ++J.Counts[Entry.second == FallbackHoist ? NumFallbackHoist
                                             : NumFallbackMinimal];
  return true;
}

static bool publish(const Job &J) {
  if (std::error_code EC = sys::fs::rename(J.partPath(), J.Out->Path))
    return complain(J, "cannot write " + J.Out->Path + ": " + EC.message());
  return true;
}

static void readSome(Job &J, bool &End) {
  char Buffer[65536];
  ssize_t Size = read(J.Fd, Buffer, sizeof Buffer);
  if (Size > 0)
    J.Received.append(Buffer, Size);
  End = Size == 0 || (Size < 0 && errno != EINTR);
}

bool generateAll(Module &M, const Options &Opts,
                 std::vector<Counters> &PerIsa) {
  std::vector<Job> Jobs(Opts.Outputs.size());
  bool Good = true;
  for (size_t I = 0; I < Jobs.size(); ++I) {
    Jobs[I].Out = &Opts.Outputs[I];
    Good &= start(Jobs[I], M, Opts);
  }
  while (true) {
    std::vector<pollfd> Fds;
    std::vector<Job *> Waiting;
    for (Job &J : Jobs)
      if (J.Fd >= 0) {
        Fds.push_back({J.Fd, POLLIN, 0});
        Waiting.push_back(&J);
      }
    if (Fds.empty())
      break;
    if (poll(Fds.data(), Fds.size(), -1) < 0)
      continue;
    for (size_t I = 0; I < Fds.size(); ++I) {
      bool End = false;
      if (Fds[I].revents)
        readSome(*Waiting[I], End);
      if (End)
        Good &= finish(*Waiting[I], M, Opts);
    }
  }
  for (const Job &J : Jobs)
    Good = Good && publish(J);
  for (Job &J : Jobs) {
    sys::fs::remove(J.partPath());
    PerIsa.push_back(J.Counts);
  }
  return Good;
}

} // namespace popcorn
