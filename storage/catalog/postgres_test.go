package catalog

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/storage/storagetest/postgres"
)

// said is all that an error says anywhere in its chain.
func said(err error) string {
	text := pipeline.AsError(err, "").Hint
	for ; err != nil; err = errors.Unwrap(err) {
		text += "\n" + err.Error()
	}
	return text
}

func TestNoErrorShowsAPassword(t *testing.T) {
	t.Parallel()
	for _, sep := range strings.Split(`@ / ? # : , & = [ ] % %zz ' " \`, " ") {
		password := "left" + sep + "right"
		escaped := url.UserPassword("someone", password).String()
		for _, address := range []string{
			"postgres://someone:" + password + "@127.0.0.1:1/db",
			"postgres://" + escaped + "@127.0.0.1:1/db",
			"postgresql://someone@127.0.0.1:1/db?password=" + password,
			"postgres://" + password + "@127.0.0.1:1/db?sslmode=strange",
			"postgres://someone:" + password + "@127.0.0.1:port/db",
		} {
			db, err := openPostgres(t.Context(), address, 0)
			if err == nil {
				_ = db.Close()
				t.Fatalf("%s is open", address)
			}
			if k := pipeline.KindOf(err); k != pipeline.Unavailable && k != pipeline.Usage {
				t.Errorf("%s: kind %s", address, k)
			}
			if text := said(err); strings.Contains(text, "left") || strings.Contains(text, "right") {
				t.Errorf("the error for %s shows its password: %s", address, text)
			}
		}
	}
}

func TestWithoutTheGuardAPasswordIsShown(t *testing.T) {
	t.Parallel()
	_, err := pgx.Connect(t.Context(), "postgres://someone:left@right@127.0.0.1:1/db")
	if err == nil || !strings.Contains(err.Error(), "right") {
		t.Errorf("the driver itself hides it now: %v", err)
	}
}

func TestAServerThatCannotBeUsedSaysWhatToCheck(t *testing.T) {
	t.Parallel()
	shared := postgres.Shared(t)
	right := shared.Guarded(t, "sesame")
	wrong := strings.Replace(right, "sesame", "simsim", 1)
	barred := shared.Guarded(t, "sesame")
	u, _ := url.Parse(barred)
	shared.Do(t, "ALTER ROLE "+u.User.Username()+" CONNECTION LIMIT 0")
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for _, c := range []struct{ name, where, code, hint string }{
		{"a wrong password", wrong, "catalogue_refused", "password"},
		{"no such database", strings.Replace(postgres.Database(t), "/test_", "/nowhere_", 1), "no_database", "createdb"},
		{"no connection left", barred, "catalogue_full", "max_connections"},
		{"nobody listens", "postgres://someone@" + closed.Addr().String() + "/db", "catalogue_away", "port"},
		{"no such host", "postgres://someone@nobody.invalid/db", "catalogue_away", "address"},
	} {
		db, err := openPostgres(t.Context(), c.where, 0)
		if err == nil {
			_ = db.Close()
			t.Errorf("%s: open", c.name)
			continue
		}
		if e := pipeline.AsError(err, ""); e.Kind != pipeline.Unavailable || e.Code != c.code || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%s: %s %s, hint %q: %v", c.name, e.Kind, e.Code, e.Hint, err)
		}
	}
	open(t, right)
}

func TestAServerThatStartsIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := postgres.Start(t)
	where := s.Database(t)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() {
		db, err := openPostgres(context.WithoutCancel(t.Context()), where, 2*time.Minute)
		if err == nil {
			err = db.Close()
		}
		opened <- err
	}()
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := openPostgres(ctx, where, 2*time.Minute); !errors.Is(err, pipeline.Stopped) {
		t.Errorf("told to stop while it waits: %v", err)
	}
}

func TestManyOpenAnEmptyDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	where := postgres.Database(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			db, err := Open(t.Context(), where)
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(db.Intact(t.Context()), db.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestTextIsInTheOrderOfItsBytes(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		given := []string{"de", "zh-Hans", "en-US", "EN", "_x", "en_GB", "é", "Z", "a"}
		m := pipeline.Moment{ID: "m_1", Recording: "r_1"}
		var got, claimed []string
		write(t, db, func(tx *Tx) error {
			var texts []captions.Transcript
			for _, l := range given {
				texts = append(texts, captions.Transcript{Language: l})
				if _, err := tx.Enqueue(Work{ID: "w_" + l, Kind: pipeline.Render, Subject: l}); err != nil {
					return err
				}
			}
			err := errors.Join(tx.PutRecording(pipeline.Recording{ID: "r_1"}), tx.PutMoment(m), tx.PutTranscripts("m_1", texts))
			if err != nil {
				return err
			}
			texts, err = tx.Transcripts("m_1")
			got = nil
			for _, x := range texts {
				got = append(got, x.Language)
			}
			return err
		})
		for w := claim(t, db, time.Minute); w != nil; w = claim(t, db, time.Minute) {
			claimed = append(claimed, w.Subject)
		}
		slices.Sort(given)
		if !slices.Equal(got, given) || !slices.Equal(claimed, given) {
			t.Errorf("transcripts come as %q, rows as %q, want %q", got, claimed, given)
		}
	})
}

func TestNULInTextIsReplacedOnBothEngines(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		first, again := enqueue(t, db, pipeline.Ingest, "odd\x00name"), enqueue(t, db, pipeline.Ingest, "odd\x00name")
		if first != again {
			t.Errorf("the same name made two rows, %s and %s", first, again)
		}
		if w := claim(t, db, time.Minute); w == nil || w.Subject != "odd\uFFFDname" {
			t.Errorf("claimed %+v", w)
		}
		write(t, db, func(tx *Tx) error {
			if err := tx.PutRecording(pipeline.Recording{ID: "r_1", Name: "odd\x00name"}); err != nil {
				return err
			}
			r, err := tx.Recording("r_1")
			if r.Name != "odd\x00name" {
				t.Errorf("a record's text is %q", r.Name)
			}
			return err
		})
	})
}

func TestWhatAServerRefusesHasAKind(t *testing.T) {
	t.Parallel()
	db := onServer(t)
	write(t, db, func(tx *Tx) error {
		_, err := tx.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = NEW.subject; END $$`)
		if err == nil {
			_, err = tx.exec(`CREATE TRIGGER refuse BEFORE INSERT ON work FOR EACH ROW WHEN (NEW.kind = 'refuse') EXECUTE FUNCTION refuse()`)
		}
		return err
	})
	for _, c := range []struct {
		state string
		kind  pipeline.Kind
		code  string
	}{
		{"53100", pipeline.NoRoom, "disk_full"},
		{"53200", pipeline.NoRoom, "memory_full"},
		{"53300", pipeline.Unavailable, "catalogue_full"},
		{"57P03", pipeline.Unavailable, "catalogue"},
		{"25006", pipeline.Unavailable, "catalogue_read_only"},
		{"42703", pipeline.Internal, "catalogue"},
		{"42501", pipeline.Unavailable, "catalogue_refused"},
		{"54000", pipeline.Invalid, "too_long"},
		{"XX001", pipeline.Corrupt, "catalogue_damaged"},
		{"58030", pipeline.Unavailable, "catalogue"},
	} {
		err := db.Write(t.Context(), func(tx *Tx) error {
			_, err := tx.Enqueue(Work{Kind: "refuse", Subject: c.state})
			return err
		})
		if e := pipeline.AsError(err, ""); e.Kind != c.kind || e.Code != c.code {
			t.Errorf("%s: %s %s, want %s %s: %v", c.state, e.Kind, e.Code, c.kind, c.code, err)
		}
	}
	for subject, code := range map[string]string{"odd\xffname": "not_text", noise(8000): "too_long"} {
		err := db.Write(t.Context(), func(tx *Tx) error {
			_, err := tx.Enqueue(Work{Kind: pipeline.Ingest, Subject: subject})
			return err
		})
		if e := pipeline.AsError(err, ""); e.Kind != pipeline.Invalid || e.Code != code {
			t.Errorf("%.10q: %s %s, want %s: %v", subject, e.Kind, e.Code, code, err)
		}
	}
}

// noise is text that cannot be packed much smaller.
func noise(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteByte('0' + byte(rand.N(64)))
	}
	return b.String()
}

func TestAWholeCatalogueIsIntact(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		if err := db.Intact(t.Context()); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.Intact(ctx); !errors.Is(err, pipeline.Stopped) {
			t.Errorf("told to stop: %v", err)
		}
	})
}
