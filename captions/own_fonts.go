package captions

import "slices"

// FontFolders is a creator's own files and folders of fonts, before the
// system's: what LoadFonts looks through when somebody brings fonts.
func FontFolders(own []string) []string {
	return slices.Concat(own, systemFolders())
}
