// Both attention kernels by themselves, where what they must give is known by hand.
#include "../attention.h"

#include <cuda_runtime.h>

#include <cstring>

#include "../../checks/check.h"
#include "../bounds.h"
#include "../check.h"
#include "../memory.h"

using namespace flover;
using namespace flover::cuda;

namespace {

constexpr int kD = 64, kLength = 65;
// In fp16: 1, minus infinity.
constexpr uint16_t kOne = 0x3c00, kMinusInfinity = 0xfc00;

// One query at position 64 over 65 keys in one block, of which all but the last score minus
// infinity; value d of key k is k * 64 + d, as bits.
struct LateKey {
  DeviceBuffer header{sizeof(PassHeader)}, item{sizeof(KeyUnit)}, tile{sizeof(QueryTile)}, table{4},
      queries{kD * 2}, keys{kKeyChunk * kD * 2}, values{kKeyChunk * kD * 2}, counters{4},
      tickets{4}, x{kD * 2};
  Attention a;

  LateKey() {
    PassHeader pass;
    pass.tokens = pass.items = pass.queryTiles = 1;
    put(header, &pass);
    const KeyUnit unit = {0, 1 << 16, kLength, 0};
    put(item, &unit);
    const QueryTile query = {0, 1, kLength - 1, 0};
    put(tile, &query);
    uint16_t q[kD] = {kOne}, k[kKeyChunk][kD] = {}, v[kKeyChunk][kD];
    for (int key = 0; key < kKeyChunk; ++key) {
      if (key < kLength - 1) k[key][0] = kMinusInfinity;
      for (int d = 0; d < kD; ++d) v[key][d] = static_cast<uint16_t>(key * kD + d);
    }
    put(queries, q), put(keys, k), put(values, v);
    a.header = header.as<PassHeader>(), a.items = item.as<KeyUnit>(),
    a.tiles = tile.as<QueryTile>();
    a.rowBlocks = table.as<int>();
    a.queries = queries.as(), a.keys = keys.as(), a.values = values.as(), a.x = x.as();
    a.counters = counters.as<int>(), a.tickets = tickets.as<int>();
    a.layout = {Order::Rows, 1, kD, 1};
    a.heads = a.kvHeads = a.rowBlocksStride = a.maxChunks = 1;
    a.headDim = a.stride = kD, a.blockTokens = kKeyChunk;
    a.blockDivider = blockDivider(kKeyChunk, kKeyChunk);
    a.scale = 1.0f;
  }

  void expectLastValue() const {
    FLOVER_CUDA(cudaDeviceSynchronize());
    uint16_t out[kD];
    FLOVER_CUDA(cudaMemcpy(out, x.as(), sizeof out, cudaMemcpyDeviceToHost));
    for (int d = 0; d < kD; ++d) EXPECT_EQUAL(out[d], (kLength - 1) * kD + d);
  }

 private:
  static void put(const DeviceBuffer& to, const void* from) {
    FLOVER_CUDA(cudaMemcpy(to.as(), from, to.bytes(), cudaMemcpyHostToDevice));
  }
};

}  // namespace

CHECK("attention of single tokens: keys that score minus infinity weigh nothing") {
  LateKey late;
  attendTokens(late.a, DataType::F16, 1, nullptr);
  late.expectLastValue();
}

CHECK("attention of prompts: keys that score minus infinity weigh nothing, also a tile of them") {
  LateKey late;
  attendTiles(late.a, DataType::F16, 1, nullptr);
  late.expectLastValue();
}
