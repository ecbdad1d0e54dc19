#include "nccl-library.h"

#include <dlfcn.h>

#include <cstdlib>
#include <string>

#include "flover/error.h"

namespace flover::cuda {

namespace {

NcclLibrary open() {
  // NVLink multicast stays off: a program that uses it may take a host's devices out of service.
  setenv("NCCL_NVLS_ENABLE", "0", 1);
  const char* named = std::getenv("FLOVER_NCCL_LIBRARY");
  const std::string path = named ? named : "libnccl.so.2";
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char* why = dlerror();
    throw Error("collective-unavailable", "NCCL cannot be loaded: " + std::string(why ? why : path),
                "put libnccl.so.2 on the library path, name it in FLOVER_NCCL_LIBRARY, or choose "
                "the one-shot collective");
  }
  NcclLibrary library = {};
  const auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(handle, name));
    if (!function) throw Error("collective-unavailable", path + " has no " + name);
  };
  find(library.getUniqueId, "ncclGetUniqueId");
  find(library.commInitRank, "ncclCommInitRank");
  find(library.commDestroy, "ncclCommDestroy");
  find(library.commAbort, "ncclCommAbort");
  find(library.allGather, "ncclAllGather");
  find(library.allReduce, "ncclAllReduce");
  find(library.getErrorString, "ncclGetErrorString");
  return library;
}

}  // namespace

const NcclLibrary& ncclLibrary() {
  static const NcclLibrary library = open();
  return library;
}

void checkNccl(int result, const char* what) {
  if (result == 0) return;
  throw Error("nccl-failed", std::string(what) + ": " + ncclLibrary().getErrorString(result),
              "set NCCL_DEBUG=INFO to see why");
}

}  // namespace flover::cuda
