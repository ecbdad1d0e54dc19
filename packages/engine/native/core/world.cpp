#include <new>
#include <string>

#include "flover/shards.h"

namespace flover {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& hint = {}) {
  throw Error("world-invalid", what, hint);
}

void checkDivides(const char* field, int32_t value, int32_t worldSize) {
  if (value % worldSize == 0) return;
  refuse("world.size is " + std::to_string(worldSize) + ", which does not divide the model's " +
             field + " (" + std::to_string(value) + ")",
         "set tensorParallel to a number that divides heads, kvHeads and intermediate");
}

std::string describe(std::exception_ptr cause, std::string& hint) {
  try {
    std::rethrow_exception(cause);
  } catch (const Error& error) {
    hint = error.hint;
    return error.code + ": " + error.what();
  } catch (const std::bad_alloc&) {
    hint = "take fewer KV blocks, a 16-bit type or a smaller model";
    return "out-of-memory: the system refused memory that the rank asked for";
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no exception was thrown";
  }
}

}  // namespace

void checkWorld(const WorldConfig& world, const ModelConfig& model) {
  const std::string size = std::to_string(world.size);
  if (world.size < 1 || world.size > 1024) refuse("world.size is " + size + "; allowed: 1 to 1024");
  if (!world.rendezvous.empty() || world.ranks.size() != static_cast<size_t>(world.size)) {
    refuse("world.ranks names " + std::to_string(world.ranks.size()) + " of " + size +
               " ranks; this build runs all of them in one process",
           "name ranks 0 to world.size - 1 and no rendezvous");
  }
  for (size_t i = 0; i < world.ranks.size(); ++i) {
    const RankConfig& rank = world.ranks[i];
    const std::string at = "world.ranks[" + std::to_string(i) + "].";
    if (rank.rank != static_cast<int32_t>(i))
      refuse(at + "rank is " + std::to_string(rank.rank) + "; allowed: " + std::to_string(i));
    if (rank.device < 0)
      refuse(at + "device is " + std::to_string(rank.device) + "; allowed: at least 0");
  }
  checkDivides("heads", model.heads, world.size);
  checkDivides("kvHeads", model.kvHeads, world.size);
  checkDivides("intermediate", model.intermediate, world.size);
  if (model.vocabulary < world.size) {
    refuse("world.size is " + size + ", more than the model's vocabulary (" +
           std::to_string(model.vocabulary) + ")");
  }
}

void checkDevices(const WorldConfig& world, int32_t seen) {
  const std::string allowed = "; seen: " + std::to_string(seen) +
                              (seen == 1 ? " device" : " devices") + ", allowed: 0" +
                              (seen > 1 ? " to " + std::to_string(seen - 1) : "");
  std::vector<int32_t> holder(static_cast<size_t>(seen), -1);
  for (const RankConfig& rank : world.ranks) {
    const std::string who =
        "rank " + std::to_string(rank.rank) + " asks for device " + std::to_string(rank.device);
    if (rank.device < 0 || rank.device >= seen) {
      throw Error(
          "device-unavailable", who + allowed,
          "set tensorParallel to the number of devices at most, or name those that are there: one "
          "may be named for several ranks, which is slower");
    }
    int32_t& held = holder[static_cast<size_t>(rank.device)];
    if (held >= 0 && world.collective == Collective::Nccl) {
      throw Error(
          "collective-unavailable",
          who + ", which rank " + std::to_string(held) + " has, and NCCL takes one rank a device",
          "set collective to one-shot, or give every rank a device of its own");
    }
    held = rank.rank;
  }
}

void failIfAsked(const WorldConfig& world, int32_t rank, int32_t work) {
  if (rank != world.failRank || work != world.failWork) return;
  throw Error("fault-injected", "it was told to fail at work " + std::to_string(work));
}

std::exception_ptr rankFailed(const WorldConfig& world, int32_t rank, std::exception_ptr cause) {
  if (world.size == 1) return cause;
  int32_t device = -1;
  for (const RankConfig& candidate : world.ranks) {
    if (candidate.rank == rank) device = candidate.device;
  }
  std::string hint;
  const std::string what = describe(cause, hint);
  return std::make_exception_ptr(Error("rank-failed",
                                       "rank " + std::to_string(rank) + " of " +
                                           std::to_string(world.size) + " (device " +
                                           std::to_string(device) + ") failed: " + what,
                                       hint));
}

}  // namespace flover
