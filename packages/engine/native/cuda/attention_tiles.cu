#include "attention.h"
namespace flover::cuda {
bool canAttendTiles(DataType, int) { return false; }
void attendTiles(const Attention&, DataType, int, cudaStream_t) {}
void prepareAttention() {}
}
