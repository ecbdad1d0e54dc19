// CPU kernels against plain double arithmetic, and the same bits in any company.
#include <array>
#include <cmath>
#include <cstring>

#include "check.h"
#include "cpu/activation.h"
#include "cpu/norm.h"
#include "cpu/product.h"
#include "flover/float16.h"
#include "values.h"

using namespace flover;
using namespace flover::cpu;
using checks::values;

namespace {

const std::array<DataType, 3> kTypes = {DataType::F32, DataType::F16, DataType::BF16};

double storedAs(float x, DataType type) {
  uint32_t place = 0;
  writeElement(&place, type, 0, x);
  return readElement(&place, type, 0);
}

PackedMatrix packed(const std::vector<float>& weights, int64_t outputs, int64_t inputs,
                    DataType type) {
  ThreadPool pool(2);
  PackedMatrix matrix(outputs, inputs, type);
  matrix.fill(pool, {{0, outputs}, {0, inputs}, inputs}, weights.data(), DataType::F32);
  return matrix;
}

std::vector<float> multiply(ThreadPool& pool, const PackedMatrix& matrix,
                            const std::vector<float>& x, int64_t rows,
                            const float* bias = nullptr) {
  std::vector<float> y(static_cast<size_t>(rows * matrix.outputs()), -1.0f);
  const Product product = {&matrix,  nullptr,          bias,           x.data(), matrix.inputs(),
                           y.data(), matrix.outputs(), Epilogue::Store};
  runProducts(pool, std::span(&product, 1), rows);
  return y;
}

}  // namespace

CHECK("product: agrees with double arithmetic for every type and odd shapes") {
  ThreadPool pool(2);
  for (const DataType type : kTypes) {
    for (const auto& [outputs, inputs] :
         {std::pair{1, 1}, {31, 17}, {32, 64}, {100, 1025}, {257, 2100}}) {
      const std::vector<float> weights = values(static_cast<size_t>(outputs * inputs), 1);
      const std::vector<float> bias = values(static_cast<size_t>(outputs), 2);
      const std::vector<float> x = values(static_cast<size_t>(5 * inputs), 3);
      const std::vector<float> y =
          multiply(pool, packed(weights, outputs, inputs, type), x, 5, bias.data());
      for (int row = 0; row < 5; ++row) {
        for (int o = 0; o < outputs; ++o) {
          double sum = bias[static_cast<size_t>(o)];
          for (int k = 0; k < inputs; ++k) {
            sum += x[static_cast<size_t>(row * inputs + k)] *
                   storedAs(weights[static_cast<size_t>(o * inputs + k)], type);
          }
          EXPECT_NEAR(y[static_cast<size_t>(row * outputs + o)], sum, 2e-7 * inputs + 1e-6);
        }
      }
    }
  }
}

CHECK("product: the declared reduction order, bit for bit") {
#if defined(__FMA__)
  ThreadPool pool(1);
  const int64_t inputs = 2500;
  const std::vector<float> weights = values(static_cast<size_t>(inputs), 4),
                           x = values(static_cast<size_t>(inputs), 5);
  const std::vector<float> y = multiply(pool, packed(weights, 1, inputs, DataType::F32), x, 1);
  float total = 0;
  for (int64_t begin = 0; begin < inputs; begin += 1024) {
    float chunk = 0;
    for (int64_t k = begin; k < std::min<int64_t>(begin + 1024, inputs); ++k) {
      chunk = std::fma(x[static_cast<size_t>(k)], weights[static_cast<size_t>(k)], chunk);
    }
    total = begin == 0 ? chunk : total + chunk;
  }
  EXPECT_EQUAL(y[0], total);
#endif
}

CHECK("product: a row has the same bits among any number of rows, on any number of threads") {
  const int64_t inputs = 1100, outputs = 200;
  const std::vector<float> weights = values(static_cast<size_t>(outputs * inputs), 6);
  const std::vector<float> x = values(static_cast<size_t>(70 * inputs), 7);
  for (const DataType type : kTypes) {
    const PackedMatrix matrix = packed(weights, outputs, inputs, type);
    ThreadPool one(1), three(3);
    std::vector<float> alone;
    for (int row = 0; row < 70; ++row) {
      const std::vector<float> single(x.begin() + row * inputs, x.begin() + (row + 1) * inputs);
      const std::vector<float> y = multiply(one, matrix, single, 1);
      alone.insert(alone.end(), y.begin(), y.end());
    }
    for (int64_t rows : {1, 2, 3, 5, 7, 8, 12, 13, 24, 31, 64, 70}) {
      const std::vector<float> together = multiply(three, matrix, x, rows);
      EXPECT(std::memcmp(together.data(), alone.data(), together.size() * sizeof(float)) == 0);
    }
  }
}

CHECK("product: epilogues") {
  ThreadPool pool(2);
  const int64_t inputs = 40, outputs = 50;
  const PackedMatrix gate = packed(values(2000, 8), outputs, inputs, DataType::F32);
  const PackedMatrix up = packed(values(2000, 9), outputs, inputs, DataType::F32);
  const std::vector<float> x = values(static_cast<size_t>(3 * inputs), 10);
  const std::vector<float> g = multiply(pool, gate, x, 3), u = multiply(pool, up, x, 3);
  const auto run = [&](Epilogue epilogue) {
    std::vector<float> y(150, 0.25f);
    const Product p = {&gate,   epilogue == Epilogue::SiluGate ? &up : nullptr,
                       nullptr, x.data(),
                       inputs,  y.data(),
                       outputs, epilogue};
    runProducts(pool, std::span(&p, 1), 3);
    return y;
  };
  const std::vector<float> added = run(Epilogue::Add), gated = run(Epilogue::SiluGate),
                           gelued = run(Epilogue::Gelu);
  for (size_t i = 0; i < 150; ++i) {
    const double v = g[i];
    EXPECT_EQUAL(added[i], 0.25f + g[i]);
    EXPECT_NEAR(gated[i], v / (1 + std::exp(-v)) * u[i], 1e-5);
    EXPECT_NEAR(gelued[i],
                0.5 * v * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v))), 1e-5);
  }
}

CHECK("exp: within 2 ulp over its range, clamped outside") {
  float in[kLanes], out[kLanes];
  for (double x = -86.9; x < 87.7; x += 0.0137 * kLanes) {
    for (int i = 0; i < kLanes; ++i) in[i] = static_cast<float>(x + 0.0137 * i);
    store(out, exp(load(in)));
    for (int i = 0; i < kLanes; ++i) {
      const double wanted = std::exp(static_cast<double>(in[i]));
      EXPECT_NEAR(out[i] / wanted, 1.0, 2.4e-7);
    }
  }
  store(out, exp(broadcast(NAN)));
  for (const float x : out) EXPECT(std::isnan(x));
  store(out, exp(broadcast(-INFINITY)));
  EXPECT(out[0] >= 0.0f && out[0] < 2e-38f);
}

CHECK("norm: agrees with double arithmetic at any width") {
  for (const int64_t size : {1, 15, 16, 17, 64, 1000, 5120}) {
    const size_t n = static_cast<size_t>(size);
    const std::vector<float> x = values(n, 11, 3.0f), weight = values(n, 12), bias = values(n, 13);
    std::vector<float> rms(n), layer(n);
    rmsNorm(x.data(), weight.data(), size, 1e-5, rms.data());
    layerNorm(x.data(), weight.data(), bias.data(), size, 1e-5, layer.data());
    double squares = 0, mean = 0, variance = 0;
    for (const double v : x)
      squares += v * v / static_cast<double>(n), mean += v / static_cast<double>(n);
    for (const double v : x) variance += (v - mean) * (v - mean) / static_cast<double>(n);
    for (size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(rms[i], x[i] / std::sqrt(squares + 1e-5) * weight[i], 1e-5);
      EXPECT_NEAR(layer[i], (x[i] - mean) / std::sqrt(variance + 1e-5) * weight[i] + bias[i], 2e-5);
    }
  }
}
