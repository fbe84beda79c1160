//===- object.cpp - the multi-ISA object of one module --------------------===//
//
// What each ISA's back end has made of the module goes into one file, with the
// facts that the link needs (linker/object, docs/formats.md).
//
//===----------------------------------------------------------------------===//
#include "codegen.h"
#include "compiler/llvm-passes/instrument/instrument.h"
#include "linker/object/multi_object.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace popcorn {

bool readNames(StringRef Path, StringSet<> &Names) {
  if (Path.empty())
    return true;
  auto File = MemoryBuffer::getFile(Path);
  if (!File)
    return refuse(Path, File.getError().message());
  SmallVector<StringRef, 0> Lines;
  (*File)->getBuffer().split(Lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef Name : Lines)
    Names.insert(Name);
  return true;
}

// The part that binutils see is for this machine, if it is among them.
static unsigned hostIndex(const Options &Opts) {
  Triple::ArchType Host = Triple(sys::getProcessTriple()).getArch();
  for (unsigned I = 0; I < Opts.Outputs.size(); ++I)
    if (Triple(Opts.Outputs[I].Isa->Triple).getArch() == Host)
      return I;
  return 0;
}

namespace {
// What is in Opts.Outputs, and the object made of it.
class Parts {
public:
  bool read(const Options &Opts);
  bool write(const Options &Opts, StringRef Facts) const;
  ArrayRef<multi_object_part> all() const { return All; }

private:
  std::vector<std::unique_ptr<MemoryBuffer>> Buffers;
  std::vector<multi_object_part> All;
};
} // namespace

bool Parts::read(const Options &Opts) {
  for (const Options::Output &Out : Opts.Outputs) {
    auto File = MemoryBuffer::getFile(Out.Path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
    if (!File)
      return refuse(Out.Path, File.getError().message());
    Buffers.push_back(std::move(*File));
    auto Bytes = arrayRefFromStringRef(Buffers.back()->getBuffer());
    All.push_back({Out.Isa->Name, Bytes.data(), Bytes.size()});
  }
  return true;
}

bool Parts::write(const Options &Opts, StringRef Facts) const {
  popcorn_error Error = {};
  if (multi_object_write(Opts.ObjectPath.c_str(), All.data(), All.size(),
                         hostIndex(Opts), Facts.data(), Facts.size(), &Error))
    return refuse(Opts.ObjectPath, Error.text);
  return true;
}

static std::string facts(StringRef Code, ArrayRef<uint8_t> Id, uint64_t Sites) {
  return ("code " + Code + "\nid " + toHex(Id, true) + "\nsites " +
          Twine(Sites) + "\n")
      .str();
}

bool writeMultiIsaObject(const Options &Opts, const InstrumentReport &Report) {
  Parts P;
  return P.read(Opts) &&
         P.write(Opts, facts("neutral", Report.ProgramId, Report.Statepoints) +
                           Report.Facts);
}

bool writeNativeObject(const Options &Opts) {
  Parts P;
  if (!P.read(Opts))
    return false;
  SHA256 Hash;
  for (const multi_object_part &Part : P.all())
    Hash.update(ArrayRef(Part.bytes, Part.size_bytes));
  auto Id = Hash.final();
  if (Opts.Shared.empty())
    return P.write(Opts, facts("native", Id, 0));
  // To the link it is a module whose functions have no call sites.
  std::string Facts = facts("neutral", Id, 0);
  for (const std::string &Name : Opts.Shared)
    Facts += "define " + Name + " -\n";
  return P.write(Opts, Facts);
}

} // namespace popcorn
