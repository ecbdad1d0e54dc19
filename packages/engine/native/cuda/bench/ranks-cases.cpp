#include "ranks-cases.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "flover/error.h"

namespace flover::bench {

namespace {

std::vector<int32_t> devicesIn(const std::string& list) {
  std::vector<int32_t> devices;
  std::istringstream in(list);
  for (std::string device; std::getline(in, device, ',');) devices.push_back(std::stoi(device));
  return devices;
}

}  // namespace

WorldConfig RanksCase::world() const {
  WorldConfig world;
  world.size = ranks;
  world.collective = collective;
  world.ranks.clear();
  for (int32_t rank = 0; rank < ranks; ++rank)
    world.ranks.push_back({rank, devices.empty() ? rank : devices.at(static_cast<size_t>(rank))});
  return world;
}

int32_t RanksCase::sharers() const {
  std::map<int32_t, int32_t> counts;
  int32_t most = 0;
  for (const RankConfig& rank : world().ranks) most = std::max(most, ++counts[rank.device]);
  return most;
}

RanksCase parseCase(const std::string& text) {
  RanksCase c;
  std::istringstream in(text);
  std::string part;
  std::getline(in, c.model, ':');
  if (std::getline(in, part, ':')) {
    const size_t at = part.find('@');
    c.ranks = std::stoi(part);
    if (at != std::string::npos) c.devices = devicesIn(part.substr(at + 1));
    if (!c.devices.empty() && c.devices.size() != static_cast<size_t>(c.ranks))
      throw Error("config-invalid", text + " names other than one device a rank");
  }
  if (std::getline(in, part, ':') && !part.empty() && part != "one-shot") {
    if (part != "nccl")
      throw Error("config-invalid", "collective " + part + "; allowed: one-shot, nccl");
    c.collective = Collective::Nccl;
  }
  if (std::getline(in, part, ':')) c.iterations = std::clamp(std::stoi(part), 8, 504);
  return c;
}

std::vector<RanksCase> usualCases(int32_t devices) {
  std::vector<RanksCase> cases;
  for (const char* usual : {"13B:1", "13B:2", "33B:2", "33B:2:nccl", "13B:4", "65B:4"})
    if (parseCase(usual).ranks <= devices) cases.push_back(parseCase(usual));
  return cases;
}

}  // namespace flover::bench
