// A work as a lane keeps it: its own copy of the arrays, with the sequences it names.
#pragma once
#include <exception>
#include <vector>

#include "edits.h"
#include "flover/sequences.h"
#include "flover/work.h"

namespace flover::cpu {

struct Job {
  Work work;  // its arrays point into the vectors below
  std::vector<int32_t> sequences, from, to, flags;
  std::vector<Sequence*> rows;
  // The sequences of the group that row i opens, first to last; empty for other rows.
  std::vector<std::vector<Sequence*>> opened;
  EditTargets targets;
  Completion completion;
  std::exception_ptr failure;

  // Copies a work that `table` has planned into `rows`.
  void take(const Work& given, const SequenceTable& table);
};

}  // namespace flover::cpu
