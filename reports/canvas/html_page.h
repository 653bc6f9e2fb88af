#pragma once

#include <string>
#include <string_view>

#include <reports/canvas/markup.h>

namespace assay::reports {

/// Begins an HTML page that needs no network and may fetch nothing; leaves its body open.
void open_page(MarkupWriter& out, std::string_view title);

/// Ends it. Precondition: only the page's own elements are open.
std::string close_page(MarkupWriter& out);

}  // namespace assay::reports
