// 16-bit conversions, random numbers, synthetic weights, rotary frequencies.
#include <cmath>
#include <limits>

#include "check.h"
#include "flover/float16.h"
#include "flover/number-text.h"
#include "flover/rope.h"
#include "flover/synthetic.h"
#include "values.h"

using namespace flover;

CHECK("float16: every half survives the way to fp32 and back") {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float wide = halfToFloat(static_cast<uint16_t>(bits));
    if (std::isnan(wide)) continue;
    EXPECT_EQUAL(floatToHalf(wide), bits);
  }
}

CHECK("float16: halves round to nearest, ties to even") {
  for (const float x : checks::values(20000, 3, 8.0f)) {
    const uint16_t got = floatToHalf(x);
    const double error = std::abs(static_cast<double>(halfToFloat(got)) - x);
    for (const int neighbour : {-1, 1}) {
      const double other =
          std::abs(static_cast<double>(halfToFloat(static_cast<uint16_t>(got + neighbour))) - x);
      EXPECT(error < other || (error == other && got % 2 == 0));
    }
  }
  EXPECT_EQUAL(floatToHalf(1.0f + 0x1.0p-11f), 0x3C00);      // tie, even below
  EXPECT_EQUAL(floatToHalf(1.0f + 3 * 0x1.0p-11f), 0x3C02);  // tie, even above
  EXPECT_EQUAL(floatToHalf(0x1.0p-24f), 1);                  // smallest subnormal
  EXPECT_EQUAL(floatToHalf(0x1.0p-25f), 0);                  // tie to zero
  EXPECT_EQUAL(floatToHalf(65520.0f), 0x7C00);               // rounds to infinity
  EXPECT_EQUAL(floatToHalf(-std::numeric_limits<float>::infinity()), 0xFC00);
}

CHECK("float16: bfloat16 rounds to nearest, ties to even") {
  EXPECT_EQUAL(floatToBf16(1.0f), 0x3F80);
  EXPECT_EQUAL(floatToBf16(std::bit_cast<float>(0x3F808000u)), 0x3F80);
  EXPECT_EQUAL(floatToBf16(std::bit_cast<float>(0x3F818000u)), 0x3F82);
  EXPECT_EQUAL(floatToBf16(std::bit_cast<float>(0x3F808001u)), 0x3F81);
  EXPECT(std::isnan(bf16ToFloat(floatToBf16(std::numeric_limits<float>::quiet_NaN()))));
}

CHECK("random: pinned values, the same on every device") {
  EXPECT_EQUAL(mix64(1), 0x5692161D100B05E5ull);
  EXPECT(samplingUniform(1, 0, 5) != samplingUniform(1, 1, 5));
  EXPECT(samplingUniform(1, 0, 5) != samplingUniform(2, 0, 5));
  double sum = 0;
  for (int i = 0; i < 100000; ++i) {
    const double u = samplingUniform(42, 3, i);
    EXPECT(u >= 0.0 && u < 1.0);
    sum += u;
  }
  EXPECT_NEAR(sum / 100000, 0.5, 0.005);
}

CHECK("synthetic: mean 0, standard deviation 0.02, by name, index and seed alone") {
  const uint64_t key = syntheticKey("model.layers.0.mlp.up_proj.weight", 7);
  double sum = 0, squares = 0;
  for (uint64_t i = 0; i < 200000; ++i) {
    const double x = syntheticValue(key, i);
    EXPECT(std::abs(x) <= 0.0346411);
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / 200000, 0.0, 2e-4);
  EXPECT_NEAR(std::sqrt(squares / 200000), 0.02, 1e-4);
  EXPECT(key != syntheticKey("model.layers.1.mlp.up_proj.weight", 7));
  EXPECT(key != syntheticKey("model.layers.0.mlp.up_proj.weight", 8));
  EXPECT_EQUAL(syntheticValue(key, 5),
               syntheticValue(syntheticKey("model.layers.0.mlp.up_proj.weight", 7), 5));
}

CHECK("rope: frequencies, plain, linear and Llama 3") {
  Rope rope;
  rope.dims = 8;
  const std::vector<double> plain = ropeFrequencies(rope);
  EXPECT_NEAR(plain[0], 1.0, 0);
  EXPECT_NEAR(plain[1], 0.1, 1e-15);
  rope.scaling = Rope::Scaling::Linear;
  rope.factor = 4;
  EXPECT_NEAR(ropeFrequencies(rope)[2], plain[2] / 4, 1e-15);
  rope.scaling = Rope::Scaling::Llama3;
  rope.factor = 8;
  rope.originalPositions = 64;
  const std::vector<double> banded = ropeFrequencies(rope);
  EXPECT_NEAR(banded[0], plain[0], 0);          // wavelength 6.3 < 64 / 4
  EXPECT_NEAR(banded[3], plain[3] / 8, 1e-15);  // wavelength 6283 > 64
  const double smooth = (64 / (2 * M_PI / plain[1]) - 1) / 3;
  const double between =
      2 * M_PI / plain[1] > 64 ? plain[1] / 8 : (1 - smooth) * plain[1] / 8 + smooth * plain[1];
  EXPECT_NEAR(banded[1], between, 1e-15);
}

// Attention depends on differences of positions alone, so no output would show a table that is off
// by one.
CHECK("rope: a position's angle is its product with the frequency, both in fp32") {
  Rope rope;
  rope.dims = 8;
  const std::vector<double> frequencies = ropeFrequencies(rope);
  const RopeTable table = ropeTable(rope, 3000);
  EXPECT_EQUAL(table.pairs, 4);
  for (int32_t position = 0; position < 3000; ++position) {
    for (size_t i = 0; i < 4; ++i) {
      const size_t at = static_cast<size_t>(position) * 4 + i;
      const double angle = static_cast<float>(position) * static_cast<float>(frequencies[i]);
      EXPECT_EQUAL(table.cosines[at], static_cast<float>(std::cos(angle)));
      EXPECT_EQUAL(table.sines[at], static_cast<float>(std::sin(angle)));
    }
  }
  for (size_t i = 0; i < 4; ++i) EXPECT(table.cosines[i] == 1.0f && table.sines[i] == 0.0f);
}

CHECK("numbers in messages: short, and told from every other") {
  EXPECT_EQUAL(numberText(5e-7f), "5e-07");
  EXPECT_EQUAL(numberText(0.1f), "0.1");
  EXPECT_EQUAL(numberText(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQUAL(numberText(100000000.0), "100000000");
  EXPECT_EQUAL(numberText(-65520.0f), "-65520");
  EXPECT_EQUAL(numberText(std::numeric_limits<float>::quiet_NaN()), "nan");
  EXPECT_EQUAL(numberText(-std::numeric_limits<double>::infinity()), "-inf");
}
