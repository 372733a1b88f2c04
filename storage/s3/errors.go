package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"dropcut/pipeline"
)

// status is the HTTP status the store answered with, or 0 where it did not.
func status(err error) int {
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

// code is the store's own name for a failure.
func code(err error) string {
	var named smithy.APIError
	if errors.As(err, &named) {
		return named.ErrorCode()
	}
	return ""
}

// isWithoutCredentials reports whether nobody gave us any: the last that are
// looked for are those of a role, which a machine of Amazon's is asked for. The
// same is said where it does not answer for a while.
func isWithoutCredentials(err error) bool {
	var op *smithy.OperationError
	for errors.As(err, &op) {
		if op.Service() == "ec2imds" {
			return !errors.Is(err, context.Canceled)
		}
		err = op.Unwrap()
	}
	return false
}

func isPastEnd(err error) bool { return status(err) == http.StatusRequestedRangeNotSatisfiable }

func changed(key string, err error) error {
	if err == nil {
		err = errors.New("its version is another")
	}
	return pipeline.Fail(pipeline.Conflict, "recording_changed", "run again: the object was replaced",
		"%s is no longer the version that was accepted: %w", key, err)
}

// passing are the store's names for refusals that say nothing of the call: a
// slow wire, a clock that is off, a session whose credentials are renewed.
var passing = []string{"RequestTimeout", "RequestTimeTooSkewed", "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired",
	"RequestExpired", "IncompleteBody"}

// fail gives err a kind, once.
func fail(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	var known *pipeline.Error
	if errors.As(err, &known) {
		return known
	}
	what := fmt.Sprintf(format, args...)
	if isWithoutCredentials(err) {
		return pipeline.Fail(pipeline.Unavailable, "no_credentials",
			"set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_ENDPOINT_URL for a store that is not Amazon's), or give a profile with AWS_PROFILE, or this machine a role",
			"%s: no credentials for the store: neither the environment, nor the shared files, nor a role has any", what)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return pipeline.Fail(pipeline.Stopped, "stopped", "", "%s: %w", what, err)
	}
	if c := code(err); c == "NoSuchBucket" {
		return pipeline.Fail(pipeline.NotFound, "no_such_bucket", "make the bucket, or check its name and the endpoint", "%s: %w", what, err)
	} else if c == "QuotaExceeded" || c == "XMinioStorageFull" || c == "InsufficientStorage" {
		return pipeline.Fail(pipeline.NoRoom, "bucket_full", "make room in the store, then try again", "%s: %w", what, err)
	} else if slices.Contains(passing, c) {
		return pipeline.Fail(pipeline.Unavailable, "storage", "try again; if it stays, check the clock of this machine and whether the credentials are still good",
			"%s: %w", what, err)
	}
	switch status(err) {
	case http.StatusNotFound:
		return pipeline.Fail(pipeline.NotFound, "no_such_object", "check the key", "%s: %w", what, err)
	case http.StatusPreconditionFailed:
		return changed(what, err)
	case http.StatusUnauthorized, http.StatusForbidden:
		return pipeline.Fail(pipeline.Invalid, "not_allowed", "check the credentials and what they may do in this bucket", "%s: %w", what, err)
	case http.StatusBadRequest:
		return pipeline.Fail(pipeline.Invalid, "refused", "", "%s: %w", what, err)
	case http.StatusInsufficientStorage:
		return pipeline.Fail(pipeline.NoRoom, "bucket_full", "make room in the store, then try again", "%s: %w", what, err)
	}
	return pipeline.Fail(pipeline.Unavailable, "storage", "the store does not answer as it should: try again", "%s: %w", what, err)
}
