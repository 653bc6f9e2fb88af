#pragma once

#include <reports/canvas/markup.h>
#include <reports/canvas/picture.h>

namespace assay::reports {

/// Writes an inline <svg> with title and description, scaled by its viewBox.
void write_svg(MarkupWriter& out, const Picture& picture);

}  // namespace assay::reports
