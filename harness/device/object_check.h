#pragma once

// The device's side of pushing by contents: the kit's program hashes the objects there, with the
// processor's own SHA instructions, several at once, and makes the links to them.
// sha256sum was measured five times slower (docs/benchmarks.md).

#include <iosfwd>

namespace assay::device {

/// The hidden command of the program that runs this.
inline constexpr auto kCheckObjectsCommand = "internal-check-objects";

/// Reads lines "SHA256 LINK" from `in`. With an empty link: prints "SHA256  NAME" if that object is
/// in the current folder, as sha256sum does: the hash of its contents, and its name, which is what
/// the hash should be. With a path: makes it a link to the object, with its folder. Returns an exit
/// code: 0, or 1 when an object cannot be read or a link not be made.
int check_objects(std::istream& in, std::ostream& out);

}  // namespace assay::device
