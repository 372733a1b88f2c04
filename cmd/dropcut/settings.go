package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/alecthomas/kong"
)

// settings are flags from a file, by command: {"run": {"shorts": 2}}. What is
// given on the command line wins.
type settings map[string]map[string]any

// readSettings reads a JSON file of flags.
func readSettings(r io.Reader) (kong.Resolver, error) {
	var s settings
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		return nil, fmt.Errorf(`flags by command are wanted, such as {"run": {"shorts": 2}}: %w`, err)
	}
	return s, nil
}

// Validate refuses names that no command has: a slip of the pen would
// otherwise change nothing and say nothing.
func (s settings) Validate(app *kong.Application) error {
	for name, flags := range s {
		i := slices.IndexFunc(app.Children, func(n *kong.Node) bool { return n.Name == name })
		if i < 0 {
			return fmt.Errorf("the file of flags names %q, which is no command", name)
		}
		for flag := range flags {
			if !slices.ContainsFunc(app.Children[i].Flags, func(f *kong.Flag) bool { return f.Name == flag }) {
				return fmt.Errorf("the file of flags names %q, which is no flag of dropcut %s", flag, name)
			}
		}
	}
	return nil
}

// Resolve is the value that the file has for a flag; nil for none.
func (s settings) Resolve(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	if parent.Command == nil {
		return nil, nil
	}
	return s[parent.Command.Name][flag.Name], nil
}
