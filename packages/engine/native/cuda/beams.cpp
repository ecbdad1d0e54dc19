#include "beams.h"

#include <algorithm>

namespace flover::cuda {

void reorderBeams(const std::vector<RunningBeam>& group, const BeamGroup& beams, KvStore& kv,
                  int32_t perSequence, cudaStream_t stream) {
  const int32_t blockTokens = kv.blockTokens();
  const int32_t end = static_cast<int32_t>(group[0].sequence->tokens.size());
  const KvPool& spare = kv.spare(static_cast<int>(group.size()) * perSequence);
  CopyQueue away(kv.device(), spare, stream), back(spare, kv.device(), stream);
  for (const bool out : {true, false}) {
    for (size_t i = 0; i < group.size(); ++i) {
      const RunningBeam& own = group[i];
      const RunningBeam& parent = group[static_cast<size_t>(beams.parents()[i])];
      const std::vector<int32_t>& tokens = own.sequence->tokens;
      const auto differs =
          std::mismatch(tokens.begin(), tokens.end(), parent.sequence->tokens.begin()).first;
      if (differs == tokens.end()) continue;
      const int32_t first = static_cast<int32_t>(differs - tokens.begin()) / blockTokens;
      for (int32_t b = first; b * blockTokens < end; ++b) {
        const int32_t between = static_cast<int32_t>(i) * perSequence + b,
                      count = std::min(blockTokens, end - b * blockTokens);
        if (out)
          away.add(parent.blocks[b], between, count);
        else
          back.add(between, own.blocks[b], count);
      }
    }
    out ? away.flush() : back.flush();
  }
}

}  // namespace flover::cuda
