package postgres

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Around(m).Run()) }

func TestAServerIsBackAfterItsDeathWithWhatItHeld(t *testing.T) {
	s := Start(t)
	if err := s.do("CREATE DATABASE kept"); err != nil {
		t.Fatal(err)
	}
	first := s.child.Process.Pid
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := s.do("SELECT 1"); err == nil {
		t.Fatal("a killed server answers")
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	if s.child.Process.Pid == first {
		t.Error("the server is the one that was killed")
	}
	if err := s.do("DROP DATABASE kept"); err != nil {
		t.Errorf("what was acknowledged is gone: %v", err)
	}
}

func TestNothingOfAServerIsLeft(t *testing.T) {
	s, err := start(programs(t, places...))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.folder); !os.IsNotExist(err) {
		t.Errorf("its folder: %v", err)
	}
	if !s.child.IsDown() {
		t.Error("it runs")
	}
}

// judged is a test whose end is looked at.
type judged struct {
	testing.TB
	end string
}

func (j *judged) Helper()      {}
func (j *judged) Fatal(...any) { j.end = "failed" }
func (j *judged) Skip(...any)  { j.end = "skipped" }

func TestWithoutPostgreSQLTestsAreLeftOutButNotWhereCIIsSet(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for ci, want := range map[string]string{"": "skipped", "true": "failed"} {
		t.Setenv("CI", ci)
		j := &judged{TB: t}
		if programs(j); j.end != want {
			t.Errorf("CI=%q: %s, want %s", ci, j.end, want)
		}
	}
}
