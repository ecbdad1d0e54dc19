#include "beams.h"

#include <algorithm>

namespace flover::cuda {

void reorderBeams(const std::vector<Sequence*>& group, const BeamGroup& beams, KvStore& kv,
                  int blockTokens, cudaStream_t stream) {
  const int32_t end = static_cast<int32_t>(group[0]->tokens.size());
  const int32_t perSequence = static_cast<int32_t>(group[0]->plan.blocks.size());
  const KvPool& spare = kv.spare(static_cast<int>(group.size()) * perSequence);
  CopyQueue away(kv.device(), spare, stream), back(spare, kv.device(), stream);
  for (const bool out : {true, false}) {
    for (size_t i = 0; i < group.size(); ++i) {
      const Sequence& own = *group[i];
      const Sequence& parent = *group[static_cast<size_t>(beams.parents()[i])];
      const auto differs =
          std::mismatch(own.tokens.begin(), own.tokens.end(), parent.tokens.begin()).first;
      if (differs == own.tokens.end()) continue;
      const int32_t first = static_cast<int32_t>(differs - own.tokens.begin()) / blockTokens;
      for (int32_t b = first; b * blockTokens < end; ++b) {
        const int32_t between = static_cast<int32_t>(i) * perSequence + b,
                      tokens = std::min(blockTokens, end - b * blockTokens);
        if (out)
          away.add(parent.plan.blocks[static_cast<size_t>(b)], between, tokens);
        else
          back.add(between, own.plan.blocks[static_cast<size_t>(b)], tokens);
      }
    }
    out ? away.flush() : back.flush();
  }
}

}  // namespace flover::cuda
