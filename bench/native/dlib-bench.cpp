// Times native dlib at the tasks that face-trigger re-creates, on request, so that the caller can take turns.
//
//   dlib-bench MODEL_FOLDER IMAGE.ppm...
//
// Reads lines "TASK IMAGE_NUMBER COUNT" from stdin and answers each with one line of JSON on stdout:
// {"times":[ms, ...],"result":number}. "result" is the number of faces or the norm of the embedding: it shows that
// the work was done. The first line, {"ready":...}, comes unasked.
#include <dlib/dnn.h>
#include <dlib/image_processing.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/revision.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" {
// Only OpenBLAS has these; with another BLAS the pointers are null.
char* openblas_get_corename(void) __attribute__((weak));
char* openblas_get_config(void) __attribute__((weak));
int openblas_get_num_threads(void) __attribute__((weak));
}

namespace {

using Frame = dlib::matrix<dlib::rgb_pixel>;

// The topologies are not in the model files: a reader has to know them.
template <int width, int step, typename Below>
using TwoConvs = dlib::affine<dlib::con<width, 3, 3, 1, 1,
    dlib::relu<dlib::affine<dlib::con<width, 3, 3, step, step, Below>>>>>;
template <int width, typename Below>
using Block = dlib::relu<dlib::add_prev1<TwoConvs<width, 1, dlib::tag1<Below>>>>;
template <int width, typename Below>
using DownBlock = dlib::relu<dlib::add_prev2<dlib::avg_pool<2, 2, 2, 2,
    dlib::skip1<dlib::tag2<TwoConvs<width, 2, dlib::tag1<Below>>>>>>>;

using Stem = dlib::max_pool<3, 3, 2, 2,
    dlib::relu<dlib::affine<dlib::con<32, 7, 7, 2, 2, dlib::input_rgb_image_sized<150>>>>>;
using Stage32 = Block<32, Block<32, Block<32, Stem>>>;
using Stage64 = Block<64, Block<64, Block<64, DownBlock<64, Stage32>>>>;
using Stage128 = Block<128, Block<128, DownBlock<128, Stage64>>>;
using Stage256 = DownBlock<256, Block<256, Block<256, DownBlock<256, Stage128>>>>;
using Embedder = dlib::loss_metric<dlib::fc_no_bias<128, dlib::avg_pool_everything<Stage256>>>;

template <int width, int step, typename Below>
using Conv5 = dlib::relu<dlib::affine<dlib::con<width, 5, 5, step, step, Below>>>;
using Pyramid = dlib::input_rgb_image_pyramid<dlib::pyramid_down<6>>;
using DetectorBody =
    Conv5<45, 1, Conv5<45, 1, Conv5<45, 1, Conv5<32, 2, Conv5<32, 2, Conv5<16, 2, Pyramid>>>>>>;
using MmodDetector = dlib::loss_mmod<dlib::con<1, 9, 9, 1, 1, DetectorBody>>;

Frame read_ppm(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string magic;
    long width = 0, height = 0, maximum = 0;
    in >> magic >> width >> height >> maximum;
    in.get();
    if (magic != "P6" || maximum != 255 || width < 1 || height < 1) throw std::runtime_error("no PPM: " + path);
    Frame frame(height, width);
    for (long row = 0; row < height; ++row)
        for (long column = 0; column < width; ++column) {
            char rgb[3];
            in.read(rgb, 3);
            frame(row, column) = dlib::rgb_pixel(rgb[0], rgb[1], rgb[2]);
        }
    if (!in) throw std::runtime_error("cut off: " + path);
    return frame;
}

class Bench {
public:
    Bench(const std::string& models, const std::vector<std::string>& images) {
        dlib::deserialize(models + "/mmod_human_face_detector.dat") >> mmod_;
        dlib::deserialize(models + "/shape_predictor_5_face_landmarks.dat") >> landmarks_;
        dlib::deserialize(models + "/dlib_face_recognition_resnet_model_v1.dat") >> embedder_;
        for (const auto& path : images) frames_.push_back(read_ppm(path));
        for (const auto& frame : frames_) {
            const auto found = mmod_(frame);
            boxes_.push_back(found.empty() ? dlib::centered_rect(dlib::get_rect(frame), 100, 100) : found[0].rect);
            shapes_.push_back(landmarks_(frame, boxes_.back()));
            chips_.push_back(cut(frame, shapes_.back()));
        }
    }

    double run(const std::string& task, std::size_t image) {
        const Frame& frame = frames_.at(image);
        if (task == "detect-mmod") return mmod_(frame).size();
        if (task == "detect-hog") return hog_(frame).size();
        if (task == "landmarks") return landmarks_(frame, boxes_[image]).num_parts();
        if (task == "chip") return cut(frame, shapes_[image]).size();
        if (task == "embed-1") return dlib::length(embedder_(chips_[image]));
        if (task == "embed-16") {
            const std::vector<Frame> batch(16, chips_[image]);
            return dlib::length(embedder_(batch, 16)[0]);
        }
        if (task == "chain-mmod") {
            std::vector<dlib::rectangle> found;
            for (const auto& face : mmod_(frame)) found.push_back(face.rect);
            return describe(frame, found);
        }
        if (task == "chain-hog") return describe(frame, hog_(frame));
        throw std::runtime_error("no such task: " + task);
    }

private:
    Frame cut(const Frame& frame, const dlib::full_object_detection& shape) {
        Frame chip;
        dlib::extract_image_chip(frame, dlib::get_face_chip_details(shape, 150, 0.25), chip);
        return chip;
    }

    double describe(const Frame& frame, const std::vector<dlib::rectangle>& found) {
        std::vector<Frame> chips;
        for (const auto& box : found) chips.push_back(cut(frame, landmarks_(frame, box)));
        if (!chips.empty()) embedder_(chips, 16);
        return chips.size();
    }

    MmodDetector mmod_;
    dlib::frontal_face_detector hog_ = dlib::get_frontal_face_detector();
    dlib::shape_predictor landmarks_;
    Embedder embedder_;
    std::vector<Frame> frames_;
    std::vector<dlib::rectangle> boxes_;
    std::vector<dlib::full_object_detection> shapes_;
    std::vector<Frame> chips_;
};

void answer(Bench& bench, const std::string& line) {
    std::istringstream words(line);
    std::string task;
    std::size_t image = 0;
    int count = 0;
    words >> task >> image >> count;
    double result = 0;
    std::cout << "{\"times\":[";
    for (int i = 0; i < count; ++i) {
        const auto start = std::chrono::steady_clock::now();
        result = bench.run(task, image);
        const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
        std::cout << (i > 0 ? "," : "") << time.count();
    }
    std::cout << "],\"result\":" << result << "}" << std::endl;
}

}  // namespace

int main(int count, char** words) try {
    if (count < 3) throw std::runtime_error("usage: dlib-bench MODEL_FOLDER IMAGE.ppm...");
    Bench bench(words[1], std::vector<std::string>(words + 2, words + count));
    std::cout << "{\"ready\":{\"dlib\":\"" << DLIB_MAJOR_VERSION << "." << DLIB_MINOR_VERSION << "\",\"blas\":\""
              << (openblas_get_config ? openblas_get_config() : "not OpenBLAS") << "\",\"blasKernel\":\""
              << (openblas_get_corename ? openblas_get_corename() : "unknown") << "\",\"blasThreads\":"
              << (openblas_get_num_threads ? openblas_get_num_threads() : 0) << "}}" << std::endl;
    for (std::string line; std::getline(std::cin, line);) answer(bench, line);
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    return 1;
}
