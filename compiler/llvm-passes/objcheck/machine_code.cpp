//===- machine_code.cpp - a multi-ISA object as ld.lld is to see it -------===//
//
// ld.lld decides which definition each symbol has and which archive members the
// program needs, machine code included. It knows one ISA only, the front end's.
// Back ends call functions of their own (fma), so that what another ISA's part
// needs is told apart from it.
//
//===----------------------------------------------------------------------===//
#include "linker/object/archive.h"
#include "linker/object/bundle.h"
#include "linker/object/multi_object.h"
#include "objcheck.h"
#include <set>

using namespace llvm;

namespace popcorn {

static bool fail(const popcorn_error &Error) {
  report(Error.text);
  return false;
}

static const uint8_t *bytesOf(StringRef Text) {
  return reinterpret_cast<const uint8_t *>(Text.data());
}

static StringRef textOf(const uint8_t *Bytes, uint64_t Size) {
  return StringRef(reinterpret_cast<const char *>(Bytes), Size);
}

// Globals that a part refers to and does not define; weak references count for
// nothing, as in an archive's member.
static bool addUndefined(const elf_view &Part, std::set<std::string> &Names) {
  elf_symbols Symbols;
  popcorn_error Error = {};
  if (elf_view_symbols(&Part, &Symbols, &Error))
    return fail(Error);
  for (uint64_t I = 1; I < Symbols.count; ++I) {
    Elf64_Sym Symbol = elf_symbol(&Symbols, I);
    if (Symbol.st_shndx == SHN_UNDEF &&
        ELF64_ST_BIND(Symbol.st_info) == STB_GLOBAL)
      Names.insert(elf_symbol_name(&Symbols, &Symbol));
  }
  return true;
}

static bool readObject(const std::string &Name, StringRef Object,
                       MachineCode &Result) {
  popcorn_error Error = {};
  multi_object Multi;
  if (multi_object_open(&Multi, Name.c_str(), Object.data(), Object.size(),
                        &Error))
    return fail(Error);
  const elf_view *Neutral = multi_object_find(&Multi, POPCORN_NEUTRAL_ISA);
  bool Good = Neutral != nullptr;
  if (Good) {
    Result.Parts.push_back(textOf(Neutral->bytes, Neutral->size_bytes));
    std::set<std::string> Here, Elsewhere;
    Good = addUndefined(*Neutral, Here);
    for (unsigned I = 0; Good && I < Multi.part_count; ++I)
      if (&Multi.part[I].view != Neutral)
        Good = addUndefined(Multi.part[I].view, Elsewhere);
    for (const std::string &Symbol : Elsewhere)
      if (!Here.count(Symbol))
        Result.UndefinedElsewhere.push_back(Symbol);
  } else {
    report(Name + ": has no code for " POPCORN_NEUTRAL_ISA
                  "; compile its source again");
  }
  multi_object_close(&Multi);
  return Good;
}

static bool readBundle(const std::string &Name, const uint8_t *Bytes,
                       uint64_t Size, MachineCode &Result) {
  popcorn_error Error = {};
  archive Archive;
  if (archive_open(&Archive, Name.c_str(), Bytes, Size, &Error))
    return fail(Error);
  uint64_t At = Archive.first;
  while (archive_has_more(&Archive, At)) {
    archive_member Member;
    if (archive_open_member(&Archive, At, &Member, &Error))
      return fail(Error);
    // Its bytes are the bundle's: they outlive the member.
    bool Good = readObject(Name + "(" + Member.name + ")",
                           textOf(Member.bytes, Member.size_bytes), Result);
    At = Member.next;
    archive_close_member(&Member);
    if (!Good)
      return false;
  }
  return true;
}

bool readMachineCode(const std::string &Name, StringRef Object,
                     MachineCode &Result) {
  popcorn_error Error = {};
  elf_view View;
  const uint8_t *Bytes;
  uint64_t Size;
  if (!elf_view_open(&View, Name.c_str(), bytesOf(Object), Object.size(),
                     &Error) &&
      bundle_find(&View, &Bytes, &Size))
    return readBundle(Name, Bytes, Size, Result);
  return readObject(Name, Object, Result);
}

} // namespace popcorn
