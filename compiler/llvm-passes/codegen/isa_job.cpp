//===- isa_job.cpp - one forked child per ISA, and fallbacks --------------===//
//
// A child writes the object to "<path>.part" and its result to a pipe:
//   C <index> <value>          a counter
//   V <function> TAB <text>    a violation
//   L <function> TAB <text>    the same: something is too large
//   S <site> <values> <hash> <function>   what a frame map lists
//   D                          done (without it the child failed or crashed)
// If there are violations the parent raises the fallback level of those
// functions and forks all ISAs again from its own, still pristine module: all,
// because their frame maps must list the same values. The objects get their
// final names when all of them are free of violations.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "compiler/llvm-passes/instrument/pass_limit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassTimingInfo.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <cerrno>
#include <cstring>
#include <map>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace popcorn {

using Levels = StringMap<unsigned>; // function -> FallbackLevel

namespace {
struct Job {
  const Options::Output *Out = nullptr;
  pid_t Pid = -1;
  int Fd = -1;
  std::string Received;
  Counters Counts{};
  std::vector<Violation> Violations;
  std::map<uint32_t, SiteRecord> Sites;
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
  for (const SiteRecord &R : A.Sites)
    OS << "S " << R.Site << " " << R.Values << " " << R.Hash << " "
       << R.Function << "\n";
  for (const Violation &V : A.Violations)
    OS << (V.TooLarge ? "L " : "V ") << V.Function << "\t" << V.Text << "\n";
  OS << "D\n";
}

[[noreturn]] static void runChild(Module &M, const Options &Opts, const Job &J,
                                  const Levels &Fallbacks, int Fd) {
  attempt().Opts = &Opts;
  attempt().Isa = J.Out->Isa;
  attempt().Fallbacks = Fallbacks;
  std::error_code EC;
  raw_fd_ostream Object(J.partPath(), EC, sys::fs::OF_None);
  bool Good = !EC && emitObject(M, Object);
  if (!EC) {
    Object.close();
    EC = Object.error();
  }
  Object.clear_error();
  if (EC)
    Good = complain(J, "cannot write " + J.partPath() + ": " + EC.message());
  if (Good)
    report(Fd);
  if (passLimit().isSet())
    complain(J, passLimit().summary());
  reportAndResetTimings(); // of --mllvm=-time-passes
  errs().flush();
  _exit(Good ? 0 : 1); // no destructors: the parent still owns everything
}

static bool start(Job &J, Module &M, const Options &Opts,
                  const Levels &Fallbacks) {
  int Ends[2];
  if (pipe(Ends) != 0)
    return complain(J, Twine("cannot make a pipe: ") + strerror(errno));
  J.Received.clear();
  J.Violations.clear();
  J.Sites.clear();
  J.Done = false;
  errs().flush();
  J.Pid = fork();
  if (J.Pid == 0) {
    close(Ends[0]);
    runChild(M, Opts, J, Fallbacks, Ends[1]);
  }
  close(Ends[1]);
  J.Fd = Ends[0];
  if (J.Pid < 0)
    return complain(J, Twine("cannot fork: ") + strerror(errno));
  return true;
}

static void parseSite(Job &J, StringRef Body) {
  SmallVector<StringRef, 4> Words;
  Body.split(Words, ' ', 3);
  SiteRecord R;
  if (Words.size() == 4 && !Words[0].getAsInteger(10, R.Site) &&
      !Words[1].getAsInteger(10, R.Values) &&
      !Words[2].getAsInteger(10, R.Hash)) {
    R.Function = Words[3].str();
    J.Sites[R.Site] = std::move(R);
  }
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
    } else if (Line.starts_with("S ")) {
      parseSite(J, Body);
    } else if (Line.starts_with("V ") || Line.starts_with("L ")) {
      auto [Name, Text] = Body.split('\t');
      J.Violations.push_back({Name.str(), Text.str(), Line.starts_with("L ")});
    }
  }
}

// Raises the level of every function with a violation, on any ISA. False if one
// of them has nothing left to switch off.
static bool raiseLevels(const std::vector<Job> &Jobs, Levels &Fallbacks) {
  Levels Before = Fallbacks;
  bool Possible = true;
  for (const Job &J : Jobs)
    for (const Violation &V : J.Violations) {
      unsigned Next = Before.lookup(V.Function) + 1;
      if (Next == FallbackEnd)
        Possible = false;
      else if (Fallbacks.lookup(V.Function) != Next)
        complain(J, "built again with fewer passes: " + V.Function + ", " +
                        V.Text);
      Fallbacks[V.Function] = Next;
    }
  return Possible;
}

// Prints what is wrong with code as it normally is: the first attempt. A test
// that planted a fault sees everything.
static bool printViolations(const Job &J, const Options &Opts) {
  const size_t Most = Opts.PlantedFault == Fault::None ? 20 : SIZE_MAX;
  const std::vector<Violation> &All = J.FirstViolations;
  for (size_t I = 0; I < std::min(Most, All.size()); ++I)
    complain(J, All[I].Function + ", " + All[I].Text);
  if (All.size() > Most)
    complain(J, Twine(All.size() - Most) + " more of this kind");
  if (all_of(All, [](const Violation &V) { return V.TooLarge; }))
    return complain(J, "frame maps cannot describe so large a function");
  return complain(J, "a value is live across a call site without being in its "
                     "frame map, so this program could not migrate safely. "
                     "This is a bug of popcorn-codegen, please report it.");
}

// After the child's end of file.
static bool finish(Job &J) {
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
  if (J.FirstViolations.empty())
    J.FirstViolations = J.Violations;
  return true;
}

// A call site may be missing on one ISA (its back end found it unreachable), but
// where it is, the same values are listed.
static bool sameRecords(const Job &A, const Job &B) {
  for (const auto &[Site, R] : A.Sites) {
    auto Other = B.Sites.find(Site);
    if (Other == B.Sites.end() ||
        (Other->second.Values == R.Values && Other->second.Hash == R.Hash))
      continue;
    return complain(A, R.Function + ", call site " + Twine(Site) + ": " +
                           Twine(R.Values) + " live values here, " +
                           Twine(Other->second.Values) + " (or others) on " +
                           B.Out->Isa->Name +
                           ". This is a bug of popcorn-codegen, please "
                           "report it.");
  }
  return true;
}

// A device or pipe must not be replaced by a file.
static bool publish(const Job &J) {
  const std::string &Path = J.Out->Path;
  bool Special = sys::fs::exists(Path) && !sys::fs::is_regular_file(Path);
  if (std::error_code EC = Special ? sys::fs::copy_file(J.partPath(), Path)
                                   : sys::fs::rename(J.partPath(), Path))
    return complain(J, "cannot write " + Path + ": " + EC.message());
  return true;
}

static void readSome(Job &J, bool &End) {
  char Buffer[65536];
  ssize_t Size = read(J.Fd, Buffer, sizeof Buffer);
  if (Size > 0)
    J.Received.append(Buffer, Size);
  End = Size == 0 || (Size < 0 && errno != EINTR);
}

// Runs all jobs at once and waits for all of them.
static bool runRound(std::vector<Job> &Jobs, Module &M, const Options &Opts,
                     const Levels &Fallbacks) {
  bool Good = true;
  for (Job &J : Jobs)
    Good &= start(J, M, Opts, Fallbacks);
  while (true) {
    std::vector<pollfd> Fds;
    std::vector<Job *> Waiting;
    for (Job &J : Jobs)
      if (J.Fd >= 0) {
        Fds.push_back({J.Fd, POLLIN, 0});
        Waiting.push_back(&J);
      }
    if (Fds.empty())
      return Good;
    if (poll(Fds.data(), Fds.size(), -1) < 0)
      continue;
    for (size_t I = 0; I < Fds.size(); ++I) {
      bool End = false;
      if (Fds[I].revents)
        readSome(*Waiting[I], End);
      if (End)
        Good &= finish(*Waiting[I]);
    }
  }
}

static bool runRounds(std::vector<Job> &Jobs, Module &M, const Options &Opts) {
  auto IsWrong = [](const Job &J) { return !J.Violations.empty(); };
  Levels Fallbacks;
  while (true) {
    if (!runRound(Jobs, M, Opts, Fallbacks))
      return false;
    if (none_of(Jobs, IsWrong))
      break;
    // A planted fault is to be seen, not to be worked around, but for two.
    if ((Opts.PlantedFault == Fault::None ||
         Opts.PlantedFault == Fault::RebuildRemat ||
         Opts.PlantedFault == Fault::RebuildNever) &&
        raiseLevels(Jobs, Fallbacks))
      continue;
    for (const Job &J : Jobs)
      if (IsWrong(J))
        printViolations(J, Opts);
    return false;
  }
  for (Job &J : Jobs)
    for (const auto &Entry : Fallbacks)
      ++J.Counts[Entry.second == FallbackHoist ? NumFallbackHoist
                                               : NumFallbackMinimal];
  return all_of(Jobs,
                [&](const Job &J) { return sameRecords(Jobs.front(), J); });
}

bool generateAll(Module &M, const Options &Opts,
                 std::vector<Counters> &PerIsa) {
  std::vector<Job> Jobs(Opts.Outputs.size());
  for (size_t I = 0; I < Jobs.size(); ++I)
    Jobs[I].Out = &Opts.Outputs[I];
  bool Good = runRounds(Jobs, M, Opts) && all_of(Jobs, publish);
  for (const Job &J : Jobs) {
    (void)sys::fs::remove(J.partPath()); // a published part has been renamed
    PerIsa.push_back(J.Counts);
  }
  return Good;
}

} // namespace popcorn
