// Prints the checksums of chips that native dlib cuts, as the JSON of test/fixtures/align/chips.json.
//
//   g++ -O2 -std=c++17 chips.cpp -o chips -ldlib -lopenblas && ./chips > ../../test/fixtures/align/chips.json
//
// Checked with Debian's libdlib 19.24. The picture is a formula, so that the test needs no file.
#include <cstdint>
#include <cstdio>
#include <dlib/image_processing.h>
#include <dlib/image_transforms.h>
#include <vector>

using namespace dlib;

constexpr long WIDTH = 1400;
constexpr long HEIGHT = 1100;
constexpr double PI = 3.14159265358979323846;

static uint8_t texture(long x, long y, long channel) {
  return static_cast<uint8_t>((x * (3 + channel) + y * (7 - channel) + ((x * y) >> 6)) ^ ((x >> 3) * 29 + channel * 85));
}

static uint32_t seed = 1;
static double next_random() {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) / 16777216.0;
}

template <typename image> static uint32_t fnv1a(const image& chip) {
  uint32_t hash = 2166136261u;
  for (const rgb_pixel& p : chip)
    for (uint8_t byte : {p.red, p.green, p.blue}) hash = (hash ^ byte) * 16777619u;
  return hash;
}

int main() {
  array2d<rgb_pixel> color(HEIGHT, WIDTH);
  array2d<unsigned char> gray(HEIGHT, WIDTH);
  for (long y = 0; y < HEIGHT; ++y)
    for (long x = 0; x < WIDTH; ++x) {
      color[y][x] = rgb_pixel(texture(x, y, 0), texture(x, y, 1), texture(x, y, 2));
      gray[y][x] = texture(x, y, 0);
    }
  const double mean[5][2] = {{0.86, 0.21}, {0.65, 0.23}, {0.12, 0.21}, {0.33, 0.23}, {0.49, 0.63}};
  // Sides of the face: below the chip's size, around it, and large enough to be halved one, two and three times.
  const double sides[] = {12, 30, 60, 90, 100, 130, 180, 230, 330, 480, 700, 1000};
  std::printf("{\n  \"tool\": \"dlib 19.24, extract_image_chip, one chip a call\",\n");
  std::printf("  \"width\": %ld,\n  \"height\": %ld,\n  \"cases\": [\n", WIDTH, HEIGHT);
  const int count = 60;
  for (int i = 0; i < count; ++i) {
    const double side = sides[i % 12];
    const double angle = (next_random() - 0.5) * 2 * (i % 5 == 4 ? PI : 0.6);
    // Centers reach over the border, so that chips with black parts are among them.
    const double center_x = next_random() * WIDTH;
    const double center_y = next_random() * HEIGHT;
    std::vector<point> parts;
    for (const auto& m : mean) {
      const double x = (m[0] - 0.5) * side + (next_random() - 0.5) * side * 0.1;
      const double y = (m[1] - 0.5) * side + (next_random() - 0.5) * side * 0.1;
      parts.emplace_back(static_cast<long>(std::floor(center_x + x * std::cos(angle) - y * std::sin(angle))),
                         static_cast<long>(std::floor(center_y + x * std::sin(angle) + y * std::cos(angle))));
    }
    const auto details = get_face_chip_details(full_object_detection(rectangle(0, 0, 10, 10), parts), 150, 0.25);
    matrix<rgb_pixel> chip;
    extract_image_chip(color, details, chip);
    const uint32_t color_hash = fnv1a(chip);
    matrix<rgb_pixel> gray_chip;
    extract_image_chip(gray, details, gray_chip);
    std::printf("    {\"landmarks\": [");
    for (int p = 0; p < 5; ++p) std::printf("%s[%ld, %ld]", p ? ", " : "", parts[p].x(), parts[p].y());
    std::printf("], \"place\": [%.9g, %.9g, %.9g, %.9g, %.9g], \"color\": \"%08x\", \"gray\": \"%08x\"}%s\n",
                details.rect.left(), details.rect.top(), details.rect.right(), details.rect.bottom(), details.angle,
                color_hash, fnv1a(gray_chip), i + 1 < count ? "," : "");
  }
  std::printf("  ]\n}\n");
}
