// What components of heads do, there and back.
#include "captures/components_file.h"

#include <gmock/gmock.h>

#include "captures/capture.h"
#include "captures/survey.h"
#include "model/core/error.h"
#include "tests/captures/spectra_equality.h"
#include "tests/support/synthetic_spectra.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ComponentsOfHeads : public testing::Test {
  protected:
    std::shared_ptr<const ComponentsFile> there_and_back() const {
        JobContext job;
        write_components(file_, path_, true, job);
        return read_components(path_);
    }

    void edit(const std::function<void(HeadComponents&)>& change) {
        HeadComponents head = synthetic_components();
        change(head);
        file_.heads.push_back(std::make_shared<const HeadComponents>(head));
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "c.h5";
    ComponentsFile file_ = synthetic_components_file();
};

TEST_F(ComponentsOfHeads, ComeBackWhole) {
    edit([](HeadComponents& head) { head.request.layer = 0; });
    expect_equal(file_, *there_and_back());
}

TEST_F(ComponentsOfHeads, ComeBackWithoutATextWithoutPlanesAndWithoutTokens) {
    file_.heads.clear();
    file_.text_name = file_.text_sha256 = "";
    file_.pieces.clear();
    edit([](HeadComponents& head) {
        head.ids.clear();
        head.planes.clear();
        for (HeadComponent& axis : head.axes) {
            axis.tokens.clear();
            for (ComponentSide& side : axis.sides) side.clear();
        }
    });
    expect_equal(file_, *there_and_back());
}

TEST_F(ComponentsOfHeads, AreToldFromRunsAndSurveys) {
    there_and_back();
    EXPECT_FALSE(is_survey(path_));
    for (const auto& read : {+[](const std::filesystem::path& path) { read_capture(path); },
                             +[](const std::filesystem::path& path) { read_survey(path); }}) {
        try {
            read(path_);
            ADD_FAILURE();
        } catch (const Failure& failure) {
            EXPECT_THAT(failure.what(), AllOf(HasSubstr("c.h5"), HasSubstr("components")));
        }
    }
}

TEST_F(ComponentsOfHeads, AreNotWrittenWhereTheyContradictThemselves) {
    edit([](HeadComponents& head) {
        head.request.layer = 0;
        head.planes[1].tokens.pop_back();
    });
    EXPECT_THROW(there_and_back(), Failure);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace gatescope
