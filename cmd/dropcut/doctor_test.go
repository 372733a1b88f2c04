package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"dropcut/storage/storagetest/versitygw"
)

// TestDoctorSaysThatAStoreKnowsNoConditions: one and the same store, with and
// without a proxy before it that refuses them.
func TestDoctorSaysThatAStoreKnowsNoConditions(t *testing.T) {
	store, err := versitygw.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Remove)
	to, err := url.Parse(store.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }}
	older := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && (r.Header.Get("If-Match") != "" || r.Header.Get("If-None-Match") != "") {
			w.WriteHeader(http.StatusNotImplemented)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(older.Close)
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": versitygw.Access, "AWS_SECRET_ACCESS_KEY": versitygw.Secret, "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	for at, want := range map[string]string{store.Endpoint(): "replaces under conditions", older.URL: "conditional puts are not kept"} {
		t.Setenv("AWS_ENDPOINT_URL", at)
		if said, err := lookAtStore(t.Context(), "s3://doctored"); err != nil || !strings.Contains(said, want) {
			t.Errorf("it says %q, not %q: %v", said, want, err)
		}
	}
}

// TestAnOldFFmpegIsWarnedOf: by its release; one that has none is not judged.
func TestAnOldFFmpegIsWarnedOf(t *testing.T) {
	t.Parallel()
	for version, old := range map[string]bool{"4.4.2-0ubuntu0.22.04.1": true, "ffmpeg version 5.0.1 Copyright": true, "n4.2": true, "5.1.9-0+deb12u1": false, "n6.1.1": false,
		"ffmpeg version 7.1 Copyright (c) 2000-2024": false, "10.0": false, "N-119000-g0d1f9f1": false, "": false} {
		if isOld(version) != old {
			t.Errorf("%q: %v", version, !old)
		}
	}
}
