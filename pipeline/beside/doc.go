// Package beside finds what came with a recording: marks and words in files
// named like it, the drop plan, and its creator's defaults. What a file is, is
// told by its content.
package beside
