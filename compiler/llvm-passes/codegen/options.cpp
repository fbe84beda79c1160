//===- options.cpp - command line of popcorn-codegen ----------------------===//
//
// Parsed by hand: LLVM's option library would also accept every back-end
// option, and those decide whether frame maps are right.
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "compiler/llvm-passes/instrument/pass_limit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>

using namespace llvm;

namespace popcorn {

static const IsaTarget Isas[] = {
#define ISA(name)                                                              \
  {                                                                            \
    .Name = #name,
#define TRIPLE(text) .Triple = text,
#define CODEGEN(field, value) .field = value,
#define ISA_END                                                                \
  }                                                                            \
  ,
#include "isa/isas.def"
};

void initializeTargets() {
#define LLVM_TARGET(name)                                                      \
  LLVMInitialize##name##TargetInfo();                                          \
  LLVMInitialize##name##Target();                                              \
  LLVMInitialize##name##TargetMC();                                            \
  LLVMInitialize##name##AsmPrinter();                                          \
  LLVMInitialize##name##AsmParser();
#include "isa/isas.def"
}

const IsaTarget *findIsa(StringRef Name) {
  for (const IsaTarget &Isa : Isas)
    if (Name == Isa.Name)
      return &Isa;
  return nullptr;
}

std::string isaNames() {
  std::string Names;
  for (const IsaTarget &Isa : Isas)
    Names += (Names.empty() ? "" : ", ") + std::string(Isa.Name);
  return Names;
}

const char *counterText(unsigned Index) {
  static const char *const Texts[] = {
#define POPCORN_COUNTER(id, text) text,
#include "counters.def"
  };
  return Texts[Index];
}

static const char Help[] =
    "usage: popcorn-codegen [options] --isa ISA=OUT.o ... MERGED.bc\n"
    "       popcorn-codegen --check FILE...\n"
    "\n"
    "Instruments a whole program's neutral bitcode once and makes one "
    "verified\n"
    "object per ISA from it.\n"
    "\n"
    "  --isa ISA=FILE            make code for ISA, write it to FILE\n"
    "  -O0 -O1 -O2 -O3 -Os       effort of the code generators (default -O2)\n"
    "  -g                        keep debug information\n"
    "  -S                        write assembly instead of objects\n"
    "  --stats[=FILE]            print counts and times, or append them to "
    "FILE\n"
    "  --emit-instrumented FILE  also write the instrumented neutral bitcode\n"
    "  --whole                   nothing but libc's native functions is "
    "linked to\n"
    "                            the module: what it cannot call of libm is "
    "left out\n"
    "  --object OUT.o            the input is one module of a program: its\n"
    "                            objects for all ISAs go into OUT.o as well\n"
    "  --native-parts            with --object: each ISA's FILE is there, "
    "native\n"
    "                            code that was compiled for that ISA\n"
    "  --shared NAME             with --native-parts: it defines the function\n"
    "                            NAME, to have one address on every ISA\n"
    "  --non-migrating FILE      with --object: names of functions elsewhere\n"
    "                            that never migrate, one a line\n"
    "  --runtime FILE            with --list-non-migrating: an archive of "
    "native\n"
    "                            objects\n"
    "  --check                   only check that each FILE is neutral bitcode\n"
    "                            of this version\n"
    "  --help, --version\n";

static bool complain(const Twine &Text) {
  errs() << "popcorn-codegen: " << Text << "\n";
  return false;
}

static bool addOutput(StringRef Value, Options &Opts) {
  auto [Name, Path] = Value.split('=');
  if (Path.empty())
    return complain("--isa " + Value + ": write it as --isa ISA=FILE");
  const IsaTarget *Isa = findIsa(Name);
  if (!Isa)
    return complain("unknown ISA '" + Name + "'; this build knows " +
                    isaNames());
  for (const Options::Output &Old : Opts.Outputs)
    if (Old.Isa == Isa || Old.Path == Path)
      return complain("--isa " + Value + ": ISA or file given twice");
  Opts.Outputs.push_back({Isa, Path.str()});
  return true;
}

static bool setFault(StringRef Name, Options &Opts) {
#define POPCORN_FAULT(id, text)                                                \
  if (Name == text) {                                                          \
    Opts.PlantedFault = Fault::id;                                             \
    return true;                                                               \
  }
#include "faults.def"
  return complain("unknown fault '" + Name + "'");
}

static bool parseFlag(StringRef Arg, Options &Opts) {
  if (Arg == "-O0" || Arg == "-O1" || Arg == "-O2" || Arg == "-O3" ||
      Arg == "-Os")
    Opts.OptLevel = Arg[2];
  else if (Arg == "-g")
    Opts.Debug = true;
  else if (Arg == "-S")
    Opts.Assembly = true;
  else if (Arg == "--stats")
    Opts.Stats = true;
  else if (Arg == "--check")
    Opts.Check = true;
  else if (Arg == "--whole")
    Opts.Whole = true;
  else if (Arg == "--dense-points") // tests: a point at every entry and latch
    Opts.DensePoints = true;
  else if (Arg == "--short-strips") // tests: a point each 8 iterations
    Opts.ShortStrips = true;
  else if (Arg == "--native-parts")
    Opts.NativeParts = true;
  else if (Arg == "--plain") // developers: nothing of ours; cannot move
    Opts.Plain = true;
  else if (Arg == "--already-instrumented") // developers: input is past it
    Opts.AlreadyInstrumented = true;
  else
    return complain("unknown option '" + Arg + "'; see --help");
  return true;
}

// The options with a value, as "--name VALUE" or "--name=VALUE".
static bool parseValued(StringRef Name, StringRef Value, Options &Opts) {
  if (Name == "--isa")
    return addOutput(Value, Opts);
  if (Name == "--plant-fault") // tests of the verifier
    return setFault(Value, Opts);
  if (Name == "--stats") {
    Opts.Stats = true;
    Opts.StatsPath = Value.str();
    return true;
  }
  if (Name == "--pass-limit") { // developers: scripts/bisect-passes.sh
    uint64_t Limit;
    if (Value.getAsInteger(10, Limit))
      return complain("--pass-limit " + Value + ": not a number");
    passLimit().set(Limit);
    return true;
  }
  if (Name == "--object")
    Opts.ObjectPath = Value.str();
  else if (Name == "--list-non-migrating") // the build of libc
    Opts.ListPath = Value.str();
  else if (Name == "--non-migrating")
    Opts.NonMigratingPath = Value.str();
  else if (Name == "--shared") // the build of libc
    Opts.Shared.push_back(Value.str());
  else if (Name == "--runtime")
    Opts.Runtime.push_back(Value.str());
  else if (Name == "--mllvm") // developers: option of a back end
    Opts.BackEndOptions.push_back(Value.str());
  else
    Opts.InstrumentedPath = Value.str();
  return true;
}

static bool finish(std::vector<std::string> &Files, Options &Opts) {
  if (Opts.Check) {
    if (Files.empty())
      return complain("--check needs at least one file");
    Opts.CheckFiles = std::move(Files);
    return true;
  }
  if (Opts.NativeParts) {
    return !Opts.ObjectPath.empty() && Files.empty()
               ? true
               : complain("--native-parts needs --object and no other input");
  }
  if (Files.size() != 1)
    return complain(Files.empty() ? Twine("no input file; see --help")
                                  : "more than one input file: " + Files[1]);
  if (Opts.Outputs.empty() && Opts.ListPath.empty())
    return complain("no --isa ISA=FILE given, so there is nothing to make");
  Opts.Input = Files[0];
  return true;
}

bool parseOptions(int Argc, char **Argv, Options &Opts) {
  // Set for every test: whatever it builds, by whatever makefile.
  Opts.VerifyMachine = std::getenv("POPCORN_VERIFY_MACHINE") != nullptr;
  static const char *const Valued[] = {
      "--isa",     "--emit-instrumented", "--plant-fault", "--mllvm",
      "--runtime", "--pass-limit",        "--object",      "--non-migrating",
      "--shared",  "--list-non-migrating"};
  std::vector<std::string> Files;
  for (int I = 1; I < Argc; ++I) {
    StringRef Arg = Argv[I];
    if (Arg == "--help" || Arg == "--version") {
      outs() << (Arg == "--help" ? Help
                                 : "popcorn-codegen " POPCORN_VERSION "\n");
      outs().flush();
      std::exit(0);
    }
    if (!Arg.starts_with("-") || Arg == "-") {
      Files.push_back(Arg.str());
      continue;
    }
    auto [Name, Value] = Arg.split('=');
    bool HasValue = is_contained(Valued, Name) || Arg.starts_with("--stats=");
    if (!HasValue) {
      if (!parseFlag(Arg, Opts))
        return false;
      continue;
    }
    if (!Arg.contains('=')) {
      if (++I == Argc)
        return complain(Name + " needs a value");
      Value = Argv[I];
    }
    if (!parseValued(Name, Value, Opts))
      return false;
  }
  return finish(Files, Opts);
}

} // namespace popcorn
