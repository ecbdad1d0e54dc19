#include "company-runs.h"

#include <algorithm>

#include "../../checks/driver.h"

namespace flover::checks {

namespace {

constexpr int32_t kSpareSlots = 8;

int32_t between(std::mt19937& random, int32_t least, int32_t most) {
  return std::uniform_int_distribution<int32_t>(least, most)(random);
}

int32_t promptTokens(const SequenceConfig& s) { return static_cast<int32_t>(s.prompt.size()); }

}  // namespace

Request randomRequest(std::mt19937& random, int32_t id, int32_t vocabulary) {
  Request r;
  SequenceConfig& s = r.config;
  s.id = s.groupFirst = id;
  const int32_t prompt = between(random, 1, id % 3 ? 60 : 600);
  for (int32_t i = 0; i < prompt; ++i) s.prompt.push_back(between(random, 0, vocabulary - 1));
  s.maxOutputTokens = between(random, 2, 40);
  s.sampling.logProbs = true;
  s.sampling.seed = static_cast<uint64_t>(id) * 77;
  if (id % 2)
    s.sampling.temperature = 0.8f, s.sampling.topK = id % 4 == 1 ? 50 : 0, s.sampling.topP = 0.95f;
  if (id % 5 == 0) s.sampling.repetitionPenalty = 1.2f;
  return r;
}

CompanyEngine::CompanyEngine(const ModelConfig& model, int32_t blockTokens) {
  config_.model = model;
  config_.world = worldOfRanks();
  config_.lanes = 2;
  config_.blockTokens = blockTokens;
  config_.blocks = (kMostRequests + kSpareSlots) * blocksEach();
  config_.maxSequences = kMostRequests;
  config_.maxSequenceTokens = kMostTokens;
  config_.maxRowTokens = 1024;
  backend_ = cudaBackend().create(config_);
  countDevices(config_.world);
  backend_->synthesize(3);
  backend_->ready();
  backend_->startClock();
}

void CompanyEngine::place(Work& work, int32_t id, int32_t slot) const {
  for (int32_t i = 0; i < blocksEach(); ++i)
    work.placements.push_back({id, i, slot * blocksEach() + i});
}

void CompanyEngine::launch(int32_t lane, const Rows& rows, Work work) {
  std::vector<int32_t> columns[4];
  for (const auto& row : rows)
    for (size_t i = 0; i < 4; ++i) columns[i].push_back(row[i]);
  work.id = ++works_;
  work.lane = lane;
  work.rows = static_cast<int32_t>(rows.size());
  work.sequences = columns[0].data(), work.from = columns[1].data(), work.to = columns[2].data();
  work.flags = columns[3].data();
  backend_->launch(work);
}

void CompanyEngine::runAlone(Request& request) {
  const SequenceConfig& s = request.config;
  const int32_t prompt = promptTokens(s);
  backend_->add(s);
  Work work;
  place(work, s.id, 0);
  launch(0, {{s.id, 0, prompt, kRowSamples}}, work);
  wait();
  for (int32_t i = 0; i + 1 < s.maxOutputTokens; ++i) {
    launch(0, {{s.id, prompt + i, prompt + i + 1, kDecodes}});
    wait();
  }
  request.alone = backend_->result(s.id);
  backend_->release(s.id);
}

void CompanyEngine::runAtOnce(const std::vector<Request>& requests) {
  Work work;
  Rows rows;
  int32_t tokens = 0, slot = 0;
  const auto run = [&] {
    launch(0, rows, work);
    wait();
    rows.clear(), work = {}, tokens = 0;
  };
  for (const Request& r : requests) {
    const SequenceConfig& s = r.config;
    if (tokens + promptTokens(s) > config_.maxRowTokens) run();
    backend_->add(s);
    place(work, s.id, slot++);
    rows.push_back({s.id, 0, promptTokens(s), kRowSamples});
    tokens += promptTokens(s);
  }
  for (int32_t made = 1; !rows.empty(); ++made) {
    run();
    for (const Request& r : requests) {
      const int32_t position = promptTokens(r.config) + made - 1;
      if (made < r.config.maxOutputTokens)
        rows.push_back({r.config.id, position, position + 1, kDecodes});
    }
  }
}

// How far all requests have come.
struct CompanyEngine::Together {
  explicit Together(const std::vector<Request>& all)
      : requests(all), made(all.size(), 0), slots(all.size()) {
    for (size_t i = 0; i < slots.size(); ++i) slots[i] = static_cast<int32_t>(slots.size() - 1 - i);
  }

  const std::vector<Request>& requests;
  std::vector<int32_t> made, slots;
  bool chunked = false;
  // The prompt under way, its tokens that have been given away, and the work that has the last.
  size_t next = 0;
  int32_t given = 0, promptWork = -1;
  bool prefilling = false, decoding = false;
  std::vector<size_t> inDecode;
  size_t ended = 0;
};

void CompanyEngine::launchPrompt(Together& t) {
  const SequenceConfig& s = t.requests[t.next].config;
  const int32_t prompt = promptTokens(s);
  Work work;
  if (t.given == 0) {
    backend_->add(s);
    place(work, s.id, t.slots[t.next]);
  }
  const int32_t piece = s.id % 2 ? 64 : 8;
  const int32_t to = t.chunked ? std::min(prompt, t.given + piece) : prompt;
  launch(1, {{s.id, t.given, to, to == prompt ? static_cast<int32_t>(kRowSamples) : 0}}, work);
  t.promptWork = works_;
  t.given = to;
  t.prefilling = true;
}

void CompanyEngine::maybeMove(Together& t, size_t request, int32_t tokens, Work& work,
                              std::mt19937& random) {
  if (blocksEach() > 1 || !work.moves.empty() || random() % 4 != 0) return;
  const int32_t to = static_cast<int32_t>(t.slots.size() + random() % kSpareSlots);
  if (std::find(t.slots.begin(), t.slots.end(), to) != t.slots.end()) return;
  work.moves.push_back({t.requests[request].config.id, 0, t.slots[request], to, tokens});
  t.slots[request] = to;
}

void CompanyEngine::launchDecode(Together& t, std::mt19937& random) {
  Rows rows;
  Work work;
  t.inDecode.clear();
  for (size_t i = 0; i < t.requests.size(); ++i) {
    const SequenceConfig& s = t.requests[i].config;
    if (t.made[i] == 0 || t.made[i] >= s.maxOutputTokens || random() % 8 == 0) continue;
    const int32_t position = promptTokens(s) + t.made[i] - 1;
    maybeMove(t, i, position, work, random);
    rows.push_back({s.id, position, position + 1, kDecodes});
    t.inDecode.push_back(i);
  }
  if (rows.empty()) return;
  std::shuffle(rows.begin(), rows.end(), random);
  launch(0, rows, work);
  t.decoding = true;
}

// Of the work that has just been waited for.
void CompanyEngine::end(Together& t) const {
  if (completion_.lane == 0) {
    t.decoding = false;
    for (const size_t i : t.inDecode)
      t.ended += ++t.made[i] == t.requests[i].config.maxOutputTokens;
    return;
  }
  EXPECT_EQUAL(completion_.work, t.promptWork);
  t.prefilling = false;
  const SequenceConfig& s = t.requests[t.next].config;
  if (t.given < promptTokens(s)) return;
  t.made[t.next] = 1;
  t.ended += s.maxOutputTokens == 1;
  ++t.next;
  t.given = 0;
}

void CompanyEngine::runTogether(const std::vector<Request>& requests, std::mt19937& random,
                                bool chunked) {
  Together t(requests);
  t.chunked = chunked;
  while (t.ended < requests.size()) {
    if (!t.prefilling && t.next < requests.size()) launchPrompt(t);
    if (!t.decoding) launchDecode(t, random);
    if (!t.prefilling && !t.decoding) continue;
    wait();
    end(t);
  }
}

}  // namespace flover::checks
