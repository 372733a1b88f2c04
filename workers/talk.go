package workers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// talk is a logger as asynq wants it.
type talk struct{ log *slog.Logger }

func (t talk) say(level slog.Level, args []any) {
	t.log.Log(context.Background(), level, "asynq: "+fmt.Sprint(args...))
}

func (t talk) Debug(args ...any) { t.say(slog.LevelDebug, args) }
func (t talk) Info(args ...any)  { t.say(slog.LevelInfo, args) }
func (t talk) Warn(args ...any)  { t.say(slog.LevelWarn, args) }
func (t talk) Error(args ...any) { t.say(slog.LevelWarn, args) } // it goes on by itself; nothing is lost
func (t talk) Fatal(args ...any) { t.say(slog.LevelError, args) }

// away notes that something the server needs does not answer, or answers
// again: once each, however often it is asked.
func (s *Server) away(what string, err error) {
	if errors.Is(err, context.Canceled) {
		return // a stop
	}
	before, _ := s.gone.Swap(what, err != nil)
	switch was, _ := before.(bool); {
	case err != nil && !was:
		s.Log.Warn("does not answer; trying on", "what", what, "error", err)
	case err == nil && was:
		s.Log.Warn("answers again", "what", what)
	}
}
