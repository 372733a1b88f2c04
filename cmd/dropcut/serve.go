package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/arrivals"
)

// serveCommand is everything on one machine: watcher, workers, API.
type serveCommand struct {
	Data     string        `default:"./dropcut-data" placeholder:"DIR" help:"Where this machine keeps what it works with (default ${default})."`
	Source   string        `placeholder:"DIR|s3://…" help:"Where recordings are dropped (default DATA/recordings)."`
	Output   string        `placeholder:"DIR|s3://…" help:"Where clips go (default DATA/clips)."`
	Store    string        `placeholder:"DIR|s3://…" help:"Where segments and excerpts are kept (default DATA/store, or with the output where that is a store)."`
	Database string        `placeholder:"URL" help:"PostgreSQL, postgres://… (default: SQLite in DATA)."`
	Redis    string        `placeholder:"URL" help:"Redis, redis://… (default: one inside this process)."`
	Listen   string        `default:"127.0.0.1:8420" placeholder:"HOST:PORT" help:"Where the API listens (default ${default})."`
	Public   string        `placeholder:"URL" help:"Where others reach the API, for links to files (default: where it listens)."`
	Links    string        `name:"store-public" env:"DROPCUT_STORE_PUBLIC" placeholder:"URL" help:"Where others reach the store that is the output, for links to files (default: where this machine does)."`
	Open     bool          `help:"Let whoever calls from this machine do everything without a token."`
	Rate     int           `default:"50" placeholder:"N" help:"How many calls a second one token may make on average (default ${default}); 0: as many as it likes."`
	Metrics  string        `default:"127.0.0.1:8421" placeholder:"HOST:PORT" help:"Where metrics are read (default ${default}); empty: nowhere."`
	Slots    int           `placeholder:"N" help:"How many cores work may keep busy (default: those of this machine, at least 4, as far as its memory reaches)."`
	Spare    size          `default:"512MiB" placeholder:"SIZE" help:"How much of each disk is left free: work for which there is no more room waits (default ${default})."`
	Every    time.Duration `default:"5s" placeholder:"TIME" help:"How often the source is listed (default ${default})."`
	GCEvery  time.Duration `name:"gc-every" default:"6h" placeholder:"TIME" help:"How often what nobody needs any more is removed (default ${default}); 0: never."`
	AtOnce   int           `default:"20" placeholder:"N" help:"Of one creator so many recordings are in work at a time (default ${default})."`
	Settle   time.Duration `default:"10s" placeholder:"TIME" help:"How long a recording must be listed alike before it is taken (default ${default})."`

	retention
}

// Help is shown below the flags.
func (serveCommand) Help() string {
	return `Example:

  dropcut serve --data /srv/dropcut
  cp stream.mp4 stream.csv /srv/dropcut/recordings/ada/

Clips appear in /srv/dropcut/clips. A folder in the source is a creator, with defaults in
its .dropcut.yaml. What the API answers: http://127.0.0.1:8420/v1/docs; tokens for it: dropcut tokens create.

` + exitHelp
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context, con console) error {
	return obeyed(ctx, c.serve(ctx, con))
}

// obeyed is nil where a service was told to stop while it began: that is a stop
// like any other, and no failure to whoever starts services.
func obeyed(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, pipeline.Stopped) {
		return nil
	}
	return err
}

func (c *serveCommand) serve(ctx context.Context, con console) error {
	if c.Source == "" {
		c.Source = filepath.Join(c.Data, "recordings")
	}
	p := placed(c.Data, c.Database, c.Output, c.Store)
	if err := p.shared(c.Redis); err != nil {
		return err
	}
	if err := p.apart(c.Source); err != nil {
		return err
	}
	s, err := openService(ctx, p, serviceConfig{redis: c.Redis, slots: c.Slots, metrics: c.Metrics, spare: c.Spare}, con)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.watch(ctx, arrivals.Watcher{Name: c.Source, Every: c.Every, Settle: c.Settle, AtOnce: c.AtOnce}); err != nil {
		return err
	}
	if err := s.collect(c.retention, c.GCEvery); err != nil {
		return err
	}
	if err := s.poll(); err != nil {
		return err
	}
	if err := s.tellWebhooks(); err != nil {
		return err
	}
	if err := s.listen(ctx, calling{address: c.Listen, public: c.Public, store: c.Links, open: c.Open, rate: c.Rate}); err != nil {
		return err
	}
	s.parts = append(s.parts, s.sweep)
	return s.run(ctx)
}

// workCommand is workers only, for more machines.
type workCommand struct {
	Data     string `default:"./dropcut-data" placeholder:"DIR" help:"Where this machine keeps what it works with (default ${default})."`
	Output   string `required:"" placeholder:"DIR|s3://…" help:"Where clips go, as given to serve: a store, or a folder that every machine has at the same path."`
	Store    string `placeholder:"DIR|s3://…" help:"Where segments and excerpts are kept, as given to serve (default: with an output that is a store; needed with a folder)."`
	Database string `required:"" placeholder:"URL" help:"PostgreSQL, postgres://…, as given to serve."`
	Redis    string `required:"" placeholder:"URL" help:"Redis, redis://…, as given to serve."`
	Metrics  string `default:"" placeholder:"HOST:PORT" help:"Where metrics are read (default: nowhere)."`
	Slots    int    `placeholder:"N" help:"How many cores work may keep busy (default: those of this machine, at least 4, as far as its memory reaches)."`
	Spare    size   `default:"512MiB" placeholder:"SIZE" help:"How much of each disk is left free: work for which there is no more room waits (default ${default})."`
}

// Help is shown below the flags.
func (workCommand) Help() string {
	return `Example:

  dropcut work --redis redis://queue:6379/0 --database postgres://dropcut@db/dropcut --output s3://clips

Addresses and keys of the store come from AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.

` + exitHelp
}

// Run works until it is told to stop.
func (c *workCommand) Run(ctx context.Context, con console) error {
	return obeyed(ctx, c.work(ctx, con))
}

func (c *workCommand) work(ctx context.Context, con console) error {
	p := placed(c.Data, c.Database, c.Output, c.Store)
	if c.Store == "" && !isStore(c.Output) {
		return pipeline.Fail(pipeline.Usage, "usage", "name the folder that serve uses with --store", "segments must lie where every machine reaches them")
	}
	s, err := openService(ctx, p, serviceConfig{redis: c.Redis, slots: c.Slots, metrics: c.Metrics, spare: c.Spare}, con)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.run(ctx)
}

// placed fills in where a service keeps what was not named.
func placed(data, database, output, store string) premises {
	p := premises{data: data, database: database, output: output, flag: "--output", store: store}
	if p.output == "" {
		p.output = filepath.Join(data, "clips")
	}
	if p.store == "" {
		p.store = filepath.Join(data, "store")
		if isStore(p.output) {
			p.store = p.output
		}
	}
	return p
}

// shared refuses a queue that other machines reach beside records that they do not.
func (p premises) shared(redis string) error {
	if redis != "" && p.database == "" {
		return pipeline.Fail(pipeline.Usage, "usage", "give --database too, or neither", "--redis is for more than one machine, and SQLite is for one")
	}
	return nil
}
