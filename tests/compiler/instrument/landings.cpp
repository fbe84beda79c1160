// Calls that land: with a cleanup, with handlers, in a loop (plant.sh breaks what is
// made of it).
struct Guard {
  ~Guard();
};
extern int (*may_throw)(int);

int handled(int n) {
  int sum = 0;
  for (int i = 0; i < n; i++) {
    try {
      Guard guard;
      sum += may_throw(i);
    } catch (int value) {
      sum -= value;
    } catch (...) {
      sum++;
    }
  }
  return sum;
}

int passed_on(int n) {
  Guard guard;
  return may_throw(n) + may_throw(n + 1);
}
