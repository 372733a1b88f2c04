// Command dropcut turns long live recordings into clips worth posting.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"dropcut/pipeline"
)

// version is set by the build: -ldflags "-X main.version=…".
var version = "dev"

// commands is the command line. One file per command.
type commands struct {
	Run        runCommand        `cmd:"" help:"Turn recordings into clips, here and now."`
	Serve      serveCommand      `cmd:"" help:"Make clips of what is dropped in a bucket, as long as it runs."`
	Work       workCommand       `cmd:"" help:"Work beside a serve on another machine."`
	Inspect    inspectCommand    `cmd:"" help:"Show a recording, its marks (used or why not) and its moments."`
	Make       makeCommand       `cmd:"" help:"Have a serve make a variant that is only offered."`
	Channels   channelsCommand   `cmd:"" help:"Say where clips are posted, and list it."`
	Mark       markCommand       `cmd:"" help:"Point at an instant of a show that goes on."`
	Tokens     tokensCommand     `cmd:"" help:"Make, list and end tokens of a serve's API."`
	Retry      retryCommand      `cmd:"" help:"Have a serve try again what failed."`
	Cancel     cancelCommand     `cmd:"" help:"Have a serve stop all work on a recording."`
	Shares     sharesCommand     `cmd:"" help:"What is counted of posts."`
	Fsck       fsckCommand       `cmd:"" help:"Prove on live data what is promised of it, and repair it."`
	Gc         gcCommand         `cmd:"" help:"Remove what nothing names any more."`
	Demo       demoCommand       `cmd:"" help:"Draw a recording, make its clips and a page that shows them."`
	Recogniser recogniserCommand `cmd:"" help:"Bring and show what hears words on this machine."`
	Doctor     doctorCommand     `cmd:"" help:"Show what this machine has and lacks."`
	Version    versionCommand    `cmd:"" help:"Show the version."`

	Shown kong.VersionFlag `name:"version" help:"Show the version."`
}

// console is where a command talks: data on Out, talk on Err.
type console struct {
	Out io.Writer
	Err io.Writer
}

func main() {
	os.Exit(run(os.Args[1:], console{os.Stdout, os.Stderr}))
}

// run is main without its process: it parses, calls one command and says how it ended.
func run(args []string, con console) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once; its children die with it
	var c commands
	help := false
	parser, err := kong.New(&c, kong.Name("dropcut"), kong.Writers(con.Out, con.Err),
		kong.Description("Turn long live recordings into clips worth posting.\n\n  dropcut run --mark \"7:45-8:10 the reveal\" stream.mp4\n\n"+exitHelp),
		kong.Configuration(readSettings), kong.UsageOnError(), kong.Vars{"version": versionText()},
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(con),
		kong.Exit(func(int) { help = true }))
	if err != nil {
		fmt.Fprintln(con.Err, "dropcut:", err)
		return exitOther
	}
	call, err := parser.Parse(asked(args))
	if help {
		return exitMade
	}
	if err != nil {
		fmt.Fprintln(con.Err, "dropcut:", err)
		fmt.Fprintln(con.Err, "hint: see", helpFor(err))
		return exitUsage
	}
	if err = call.Run(); err != nil && ctx.Err() != nil {
		err = stopped(err)
	}
	report(con.Err, err)
	return exitCode(err)
}

// asked turns the word help, with or without a command behind it, into the flag.
func asked(args []string) []string {
	if len(args) == 0 || args[0] != "help" {
		return args
	}
	return append(slices.Clone(args[1:]), "--help")
}

// helpFor is where a person reads what a call that was wrong could have been.
func helpFor(err error) string {
	command := "dropcut"
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		for _, p := range wrong.Context.Path {
			if p.Command != nil {
				command += " " + p.Command.Name
			}
		}
	}
	return command + " --help"
}

// stopped is how a command ends that was asked to stop, wherever it was.
func stopped(err error) error {
	const hint = "run again: finished pieces are kept"
	if errors.Is(err, pipeline.Stopped) {
		return pipeline.Fail(pipeline.Stopped, "stopped", hint, "stopped")
	}
	return pipeline.Fail(pipeline.Stopped, "stopped", hint, "stopped: %w", err)
}

// report says what went wrong and what to do about it.
func report(w io.Writer, err error) {
	var said reported
	if err == nil || errors.Is(err, errSome) || errors.As(err, &said) {
		return
	}
	fmt.Fprintln(w, "dropcut:", printable(err.Error()))
	var e *pipeline.Error
	if errors.As(err, &e) && e.Hint != "" {
		fmt.Fprintln(w, "hint:", printable(e.Hint))
	}
}
