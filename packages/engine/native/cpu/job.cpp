#include "job.h"

namespace flover::cpu {

void Job::take(const Work& given, const SequenceTable& table) {
  work = given;
  const size_t count = static_cast<size_t>(given.rows);
  sequences.assign(given.sequences, given.sequences + count);
  from.assign(given.from, given.from + count);
  to.assign(given.to, given.to + count);
  flags.assign(given.flags, given.flags + count);
  work.sequences = sequences.data();
  work.from = from.data();
  work.to = to.data();
  work.flags = flags.data();
  targets.resolve(work, table);
  opened.resize(count);
  for (size_t i = 0; i < count; ++i) {
    opened[i].clear();
    const SequenceConfig& config = rows[i]->config;
    if (!opensGroup(config, to[i], flags[i])) continue;
    for (int32_t k = 0; k < config.groupWidth; ++k) opened[i].push_back(&table.find(config.id + k));
  }
  failure = nullptr;
}

}  // namespace flover::cpu
