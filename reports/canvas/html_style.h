#pragma once

#include <string_view>

namespace assay::reports {

/// The style sheet of the HTML report.
std::string_view html_style();

}  // namespace assay::reports
