package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/vbauerster/mpb/v8/cwriter"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/whisper"
)

// recogniserCommand brings and shows what hears words on this machine.
type recogniserCommand struct {
	Install installCommand `cmd:"" help:"Bring a model for whisper-cli, check it and prove it."`
	List    listCommand    `cmd:"" help:"Show the models there are, and those installed."`
}

// installCommand brings one model.
type installCommand struct {
	Name  string `arg:"" optional:"" help:"Which model (dropcut recogniser list shows them; default base)."`
	Yes   bool   `short:"y" help:"Do not ask."`
	Model string `placeholder:"FILE" help:"Take the model from a file, without a network."`
	From  string `placeholder:"URL" help:"Fetch from another folder than Hugging Face's."`
	Quiet bool   `short:"q" help:"Say nothing but errors."`
}

// Help is shown below the flags.
func (installCommand) Help() string {
	return "Example:\n\n  dropcut recogniser install base --yes\n\n" +
		"Says what will come from where, asks, fetches (a fetch that was cut goes on where it was), checks the\n" +
		"digest that is pinned in dropcut, and hears three seconds with it. A file that is not the pinned one is\n" +
		"deleted: exit 6. From then on dropcut run hears the words of moments that bring none.\n\n" + exitHelp
}

// Run installs a model and makes it the one that is used.
func (c *installCommand) Run(ctx context.Context, con console) error {
	say := con.Err
	if c.Quiet {
		say = io.Discard
	}
	m, err := c.wanted()
	if err != nil {
		return err
	}
	runner, err := ffmpeg.New(ffmpegConfig())
	if err != nil {
		return err
	}
	program, missing := runner.Find(ffmpeg.Recogniser)
	c.announce(say, m, program, missing)
	if err := c.ask(con.Err); err != nil {
		return err
	}
	folder := modelsFolder()
	if err := os.MkdirAll(folder.Path, 0o755); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "set DROPCUT_MODELS to a folder that can be written", "make %s: %w", folder.Path, err)
	}
	lock, err := takeLock(filepath.Join(folder.Path, lockName))
	if err != nil {
		return err
	}
	defer lock.Close()
	got, err := c.bring(ctx, folder, m, say)
	if err != nil {
		return err
	}
	fmt.Fprintf(say, "%-10s %s is whole: %s\n", "checked", printable(got.Name), got.Digest)
	return c.prove(ctx, runner, folder, got, missing, say)
}

// wanted is the known model that was named; the zero Model for a file of its own.
func (c *installCommand) wanted() (whisper.Model, error) {
	name := c.Name
	if name == "" && c.Model == "" {
		name = whisper.Default
	}
	m, ok := whisper.ByName(name)
	if !ok && c.Model == "" {
		return whisper.Model{}, pipeline.Fail(pipeline.Usage, "no_such_model", "dropcut recogniser list shows the models; --model FILE takes any other", "no model is called %q", name)
	}
	if c.Model != "" && c.From != "" {
		return whisper.Model{}, pipeline.Fail(pipeline.Usage, "usage", "see dropcut recogniser install --help", "--model is a file here and --from an address: name one")
	}
	return m, nil
}

// announce says what is going to happen.
func (c *installCommand) announce(w io.Writer, m whisper.Model, program string, missing error) {
	if c.Model == "" {
		fmt.Fprintf(w, "%-10s %s, %s; hears %s; %s\n", "model", m.Name, megabytes(m.Bytes), m.Languages(), m.Remarks)
		from := c.From
		if from == "" {
			from = whisper.Source
		}
		fmt.Fprintf(w, "%-10s %s/%s\n", "from", printable(strings.TrimRight(from, "/")), whisper.File(m.Name))
		fmt.Fprintf(w, "%-10s %s (OpenAI's weights, converted by the whisper.cpp project)\n", "licence", whisper.Licence)
	} else {
		fmt.Fprintf(w, "%-10s %s\n", "from", printable(c.Model))
	}
	fmt.Fprintf(w, "%-10s %s\n", "to", modelsFolder().Path)
	if missing == nil {
		fmt.Fprintf(w, "%-10s %s\n", "program", program)
		return
	}
	fmt.Fprintf(w, "%-10s whisper-cli is not here yet; get it: %s\n", "program", whisper.Advice())
}

// ask waits for a yes where a person can say it.
func (c *installCommand) ask(w io.Writer) error {
	if c.Yes || c.Model != "" {
		return nil
	}
	if !cwriter.IsTerminal(int(os.Stdin.Fd())) {
		return pipeline.Fail(pipeline.Usage, "not_asked", "add --yes", "nothing is fetched without being asked for, and there is no terminal to ask on")
	}
	fmt.Fprint(w, "Fetch it? [y/N] ")
	answer, _ := bufio.NewReader(io.LimitReader(os.Stdin, 100)).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return pipeline.Fail(pipeline.Stopped, "declined", "", "nothing was fetched")
}

func (c *installCommand) bring(ctx context.Context, folder whisper.Folder, m whisper.Model, say io.Writer) (whisper.Installed, error) {
	if c.Model != "" {
		return folder.Take(c.Model, c.Name)
	}
	told := int64(-1)
	return folder.Bring(ctx, whisper.Fetcher{From: c.From, Progress: func(done, total int64) {
		if tenth := done * 10 / total; tenth != told {
			told = tenth
			fmt.Fprintf(say, "%-10s %3d %% of %s\n", "fetched", tenth*10, megabytes(total))
		}
	}}, m)
}

// prove hears three seconds and makes the model the one that is used. Without
// the program it is kept unproved: it was checked, and the program may come.
func (c *installCommand) prove(ctx context.Context, runner *ffmpeg.Runner, folder whisper.Folder, m whisper.Installed, missing error, say io.Writer) error {
	if missing != nil {
		if err := folder.Keep(m); err != nil {
			return err
		}
		return pipeline.Fail(pipeline.Unavailable, "no_whisper-cli", whisper.Advice()+"; then run this again: the model is not fetched twice",
			"the model %s is installed, and whisper-cli, which hears with it, is not here", m.Name)
	}
	if err := whisper.New(runner, m).Prove(ctx, folder.Path); err != nil {
		return fmt.Errorf("prove the model %s: %w", m.Name, err)
	}
	m.Proved = true
	if err := folder.Keep(m); err != nil {
		return err
	}
	fmt.Fprintf(say, "%-10s %s heard three seconds; dropcut run uses it from now on\n", "proved", printable(m.Name))
	return nil
}

// megabytes is a size as people say it.
func megabytes(n int64) string {
	if n < 10e6 {
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%d MB", (n+500_000)/1_000_000)
}

// listCommand shows models.
type listCommand struct {
	JSON bool `name:"json" help:"Print one JSON document."`
}

// Help is shown below the flags.
func (listCommand) Help() string { return exitHelp }

// Run shows what is installed, then what could be.
func (c *listCommand) Run(con console) error {
	all, chosen, err := modelsFolder().All()
	if err != nil {
		return err
	}
	if c.JSON {
		if all == nil {
			all = []whisper.Installed{}
		}
		return json.NewEncoder(con.Out).Encode(map[string]any{"version": 1, "folder": modelsFolder().Path, "used": chosen, "installed": all, "known": whisper.Known()})
	}
	here := map[string]bool{}
	for _, m := range all {
		state := "installed"
		if m.Name == chosen {
			state = "used"
		}
		proved := "proved"
		if !m.Proved {
			proved = "not proved yet"
		}
		here[m.Name] = true
		fmt.Fprintf(con.Out, "%-10s %-20s %8s  %s\n", state, printable(m.Name), megabytes(m.Bytes), proved)
	}
	for _, m := range whisper.Known() {
		if !here[m.Name] {
			fmt.Fprintf(con.Out, "%-10s %-20s %8s  %s; %s\n", "", m.Name, megabytes(m.Bytes), m.Languages(), m.Remarks)
		}
	}
	return nil
}
