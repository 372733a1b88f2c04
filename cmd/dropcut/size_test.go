package main

import "testing"

func TestASizeIsReadAsAPersonWritesIt(t *testing.T) {
	for text, want := range map[string]size{"512MiB": 512 << 20, "2GB": 2e9, "1000": 1000, "1 GiB": 1 << 30, "0": 0} {
		var got size
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q is %d (%v), want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "lots", "1e30GB", "9000000TB"} {
		var got size
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}
