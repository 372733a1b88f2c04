package s3

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/storagetest/versitygw"
)

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	return getBy(t, http.DefaultClient, url)
}

func getBy(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	answer, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestALinkIsGoodWithoutCredentials(t *testing.T) {
	b := newBucket(t, endpoint(t))
	if _, err := b.Put(t.Context(), "a/short 1.mp4", strings.NewReader("a clip"), ""); err != nil {
		t.Fatal(err)
	}
	link, until, err := b.Link(t.Context(), "a/short 1.mp4", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(until); left > time.Minute || left < 0 {
		t.Errorf("it is said to live for %v", left)
	}
	if status, body := get(t, link); status != http.StatusOK || body != "a clip" {
		t.Errorf("%s: %d %q", link, status, body)
	}
	bare, _, _ := strings.Cut(link, "?")
	if status, _ := get(t, bare); status < 400 {
		t.Errorf("without its signature: %d", status)
	}
	if !strings.HasSuffix(bare, "short%201.mp4") {
		t.Errorf("the path of %s does not end as the key does", bare)
	}
	if _, _, err := b.Link(t.Context(), "../a", time.Minute); pipeline.KindOf(err) != pipeline.Invalid {
		t.Errorf("%v", err)
	}
}

// TestALinkLeadsToTheNameOthersKnow: the store is known by one name here and by
// another outside, where a proxy hands on the Host that was asked for.
func TestALinkLeadsToTheNameOthersKnow(t *testing.T) {
	b := newBucket(t, endpoint(t))
	if _, err := b.Put(t.Context(), "a/core 1.mp4", strings.NewReader("a clip"), ""); err != nil {
		t.Fatal(err)
	}
	linked, err := b.LinkedAt("http://media.example/")
	if err != nil {
		t.Fatal(err)
	}
	link, _, err := linked.Link(t.Context(), "a/core 1.mp4", time.Minute)
	if err != nil || !strings.HasPrefix(link, "http://media.example/"+b.bucket+"/") {
		t.Fatal(link, err)
	}
	var host string
	proxy, err := url.Parse(between(t, func(w http.ResponseWriter, r *http.Request, store http.Handler) {
		host = r.Host
		store.ServeHTTP(w, r)
	}))
	if err != nil {
		t.Fatal(err)
	}
	outside := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, proxy.Host)
	}}}
	if status, body := getBy(t, outside, link); status != http.StatusOK || body != "a clip" || host != "media.example" {
		t.Errorf("%s as %s: %d %q", link, host, status, body)
	}
	if _, err := linked.Stat(t.Context(), "a/core 1.mp4"); err != nil {
		t.Errorf("we reach it no more: %v", err)
	}
	if status, _ := get(t, strings.Replace(link, "http://media.example", endpoint(t), 1)); status != http.StatusForbidden {
		t.Errorf("a link for one name at another: %d", status)
	}
	for _, address := range []string{"media.example", "s3://clips", "https://media.example/store", "https://me@media.example", "https://", "https://x?y", ""} {
		if _, err := b.LinkedAt(address); pipeline.KindOf(err) != pipeline.Usage {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestWithoutCredentialsItIsSaidWhichAreLookedFor: not what the machine that is
// asked last for them answers.
func TestWithoutCredentialsItIsSaidWhichAreLookedFor(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_SHARED_CREDENTIALS_FILE": nowhere, "AWS_CONFIG_FILE": nowhere, "AWS_CONTAINER_CREDENTIALS_FULL_URI": ""} {
		t.Setenv(name, value)
	}
	b, err := Open(t.Context(), Config{Bucket: "clips", Endpoint: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Stat(t.Context(), "a.mp4")
	var said *pipeline.Error
	if !errors.As(err, &said) || said.Code != "no_credentials" || !strings.Contains(said.Hint, "AWS_ACCESS_KEY_ID") || strings.Contains(said.Error(), "IMDS") {
		t.Errorf("%v: %+v", err, said)
	}
}

// TestALinkIsSaidToEndWithItsCredentials: a role's, handed out as containers
// get theirs.
func TestALinkIsSaidToEndWithItsCredentials(t *testing.T) {
	at := endpoint(t)
	if os.Getenv("DROPCUT_TEST_S3") != "" {
		t.Skip("signs with what our own store knows")
	}
	ends := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	role := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"AccessKeyId": versitygw.Access, "SecretAccessKey": versitygw.Secret, "Expiration": ends.Format(time.RFC3339)})
	}))
	defer role.Close()
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": role.URL} {
		t.Setenv(name, value)
	}
	b := newBucket(t, at)
	if _, err := b.Put(t.Context(), "a.mp4", strings.NewReader("a clip"), ""); err != nil {
		t.Fatal(err)
	}
	for _, of := range []struct{ asked, most time.Duration }{{7 * 24 * time.Hour, time.Hour}, {time.Minute, time.Minute}} {
		link, until, err := b.Link(t.Context(), "a.mp4", of.asked)
		if left := time.Until(until); err != nil || left < 0 || left > of.most || until.After(ends) {
			t.Errorf("asked for %v, it lives for %v: %v", of.asked, left, err)
		}
		if status, _ := get(t, link); status != http.StatusOK {
			t.Errorf("%s: %d", link, status)
		}
	}
}
