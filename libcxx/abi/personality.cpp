// The personality of C++, over landings (docs/exceptions.md) where libc++abi's own reads
// the tables of one ISA. Source: Itanium C++ ABI, "Exception Handling", level II.
#include "cxa_exception.h"
#include "cxa_handlers.h"
#include "libc-musl-patched/overlay/src/unwind/landings.h"
#include "private_typeinfo.h"

#include <exception>
#include <stdint.h>
#include <unwind.h>

namespace __cxxabiv1 {
namespace {

using Clause = struct clause;

const std::type_info *type_of(const Clause &clause) {
  return static_cast<const std::type_info *>(clause.type);
}

struct Found {
  bool cleanup = false;
  int64_t selector = 0; // of the clause that takes it; 0: none
  const Clause *clause = nullptr;
  void *adjusted = nullptr; // the object as that type
};

struct Thrown {
  _Unwind_Exception *unwind;
  bool native; // of C++
  void *object;

  explicit Thrown(_Unwind_Exception *e)
      : unwind(e), native(__isOurExceptionClass(e)), object(e + 1) {
    if (!native)
      return;
    auto *header = reinterpret_cast<__cxa_exception *>(e + 1) - 1;
    if (__getExceptionClass(e) == kOurDependentExceptionClass)
      object = reinterpret_cast<__cxa_dependent_exception *>(header)
                   ->primaryException;
  }
  __cxa_exception *header() const {
    return reinterpret_cast<__cxa_exception *>(unwind + 1) - 1;
  }
};

bool catches(const std::type_info *type, const Thrown &thrown,
             void *&adjusted) {
  adjusted = thrown.object;
  if (!type)
    return true;
  if (!thrown.native)
    return false;
  auto *wanted = static_cast<const __shim_type_info *>(type);
  auto *got =
      static_cast<const __shim_type_info *>(thrown.header()->exceptionType);
  return wanted->can_catch(got, adjusted);
}

// Of an exception specification, whose types follow.
bool allows(const Clause *specification, const Thrown &thrown) {
  auto count = reinterpret_cast<uintptr_t>(specification->type);
  for (uintptr_t i = 1; i <= count; i++) {
    void *adjusted;
    if (catches(type_of(specification[i]), thrown, adjusted))
      return true;
  }
  return false;
}

bool allows_bad_exception(const Clause *specification) {
  auto *bad =
      static_cast<const __shim_type_info *>(&typeid(std::bad_exception));
  auto count = reinterpret_cast<uintptr_t>(specification->type);
  for (uintptr_t i = 1; i <= count; i++) {
    std::bad_exception object;
    void *adjusted = &object;
    auto *type =
        static_cast<const __shim_type_info *>(type_of(specification[i]));
    if (type && type->can_catch(bad, adjusted))
      return true;
  }
  return false;
}

// What unwinds to the end of a thread nobody catches.
Found find(const Clause *clause, const Thrown &thrown, bool forced) {
  Found found;
  for (; clause->selector != CLAUSE_END; clause++) {
    if (clause->selector == CLAUSE_CLEANUP) {
      found.cleanup = true;
    } else if (clause->selector > 0) {
      if (!forced && catches(type_of(*clause), thrown, found.adjusted)) {
        found.selector = clause->selector;
        return found;
      }
    } else {
      if (!forced && !allows(clause, thrown)) {
        found.selector = clause->selector;
        found.clause = clause;
        found.adjusted = thrown.object;
        return found;
      }
      clause += reinterpret_cast<uintptr_t>(clause->type);
    }
  }
  return found;
}

_Unwind_Reason_Code install(_Unwind_Context *context, _Unwind_Exception *e,
                            int64_t selector) {
  _Unwind_SetGR(context, 0, reinterpret_cast<uintptr_t>(e));
  _Unwind_SetGR(context, 1, static_cast<uintptr_t>(selector));
  return _URC_INSTALL_CONTEXT;
}

} // namespace

extern "C" {

// A handler is found once: what it takes is kept in the header, as by other
// personalities, under their names.
_LIBCXXABI_FUNC_VIS _Unwind_Reason_Code
__gxx_personality_v0(int version, _Unwind_Action actions, uint64_t,
                     _Unwind_Exception *e, _Unwind_Context *context) {
  if (version != 1 || !e || !context)
    return _URC_FATAL_PHASE1_ERROR;
  const Thrown thrown(e);
  auto *clauses =
      static_cast<const Clause *>(_Unwind_GetLanguageSpecificData(context));
  if ((actions & _UA_HANDLER_FRAME) && thrown.native)
    return install(context, e, thrown.header()->handlerSwitchValue);
  const Found found = find(clauses, thrown, actions & _UA_FORCE_UNWIND);
  if (actions & _UA_SEARCH_PHASE) {
    if (found.selector == 0)
      return _URC_CONTINUE_UNWIND;
    if (thrown.native) {
      __cxa_exception *header = thrown.header();
      header->handlerSwitchValue = static_cast<int>(found.selector);
      header->languageSpecificData =
          reinterpret_cast<const unsigned char *>(found.clause);
      header->adjustedPtr = found.adjusted;
    }
    return _URC_HANDLER_FOUND;
  }
  if (actions & _UA_HANDLER_FRAME)
    return install(context, e, found.selector);
  return found.cleanup ? install(context, e, 0) : _URC_CONTINUE_UNWIND;
}

// What a function throws against its exception specification. std::unexpected_handler
// may throw something that is allowed instead.
_LIBCXXABI_FUNC_VIS _LIBCXXABI_NORETURN void __cxa_call_unexpected(void *arg) {
  auto *e = static_cast<_Unwind_Exception *>(arg);
  if (!e)
    std::__terminate(std::get_terminate());
  const Thrown thrown(e);
  __cxa_begin_catch(e);
  std::terminate_handler terminate = std::get_terminate();
  std::unexpected_handler unexpected = std::get_unexpected();
  const Clause *specification = nullptr;
  if (thrown.native) {
    __cxa_exception *header = thrown.header();
    terminate = header->terminateHandler;
    unexpected = header->unexpectedHandler;
    specification =
        reinterpret_cast<const Clause *>(header->languageSpecificData);
  }
  std::exception_ptr instead;
  bool allowed = false, bad = false;
  try {
    std::__unexpected(unexpected);
  } catch (...) {
    const Thrown second(
        &__cxa_get_globals_fast()->caughtExceptions->unwindHeader);
    allowed = specification && second.native && allows(specification, second);
    bad = specification && allows_bad_exception(specification);
    instead = std::current_exception();
  }
  if (allowed || bad)
    __cxa_end_catch(); // of what must not be thrown
  if (allowed)
    std::rethrow_exception(instead);
  if (bad)
    throw std::bad_exception();
  std::__terminate(terminate);
}

} // extern "C"
} // namespace __cxxabiv1
