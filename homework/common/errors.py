"""Every expected failure of the web side, with the codes under which it leaves the server.

Services raise these; views, consumers and commands translate them by their attributes and add no
codes of their own.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AppError(Exception):
    """Root of the expected failures.

    Attributes:
        code: Stable, for programs.
        http_status: Status of an HTTP answer that carries it.
        close_code: Code with which a websocket closes because of it.
        message: For a person, translated when it is shown; says what to do.
    """

    code = "error"
    http_status = 400
    close_code = 4400
    message: str | Promise = _("Something went wrong.")
    retryable = False

    def __init__(self, message: str | Promise | None = None, **detail: object) -> None:
        if message is not None:
            self.message = message
        self.detail = detail
        super().__init__(self.code)


class NotSignedInError(AppError):
    code = "not_signed_in"
    http_status = 401
    close_code = 4401
    message = _("Please sign in.")


class InvalidTokenError(NotSignedInError):
    """A bearer token or a ticket that is unknown, forged, expired, revoked or used up: from
    outside they look the same."""

    code = "invalid_token"
    message = _("This token is not valid, or not any more.")


class PermissionDeniedError(AppError):
    code = "permission_denied"
    http_status = 403
    close_code = 4403
    message = _("You may not see this.")


class NetworkNotAllowedError(PermissionDeniedError):
    code = "network_not_allowed"
    message = _("The homework helper cannot be used from this network.")


class NotFoundError(AppError):
    """Also answers for what exists but belongs to somebody else: outsiders learn nothing."""

    code = "not_found"
    http_status = 404
    close_code = 4404
    message = _("There is nothing here.")


class ConflictError(AppError):
    code = "conflict"
    http_status = 409
    close_code = 4409
    message = _("This has changed in the meantime. Please reload the page.")


class CallInFlightError(ConflictError):
    """The same call, by its Idempotency-Key, is being answered this moment."""

    code = "call_in_flight"
    message = _("The same call is still being answered.")
    retryable = True


class ClaimLostError(ConflictError):
    """A worker writes to a solution that has ended or that another worker has taken over.

    The worker must stop writing; what it wanted to store was not stored."""

    code = "claim_lost"


class ReviewConflictError(ConflictError):
    """Another teacher gave a verdict first. `detail` says who (`by`), which (`verdict`) and the
    `version` that it made; what the later one wrote is kept as a draft."""

    code = "review_conflict"
    message = _("Another teacher was faster. What you wrote is kept as a draft.")


class PreconditionFailedError(AppError):
    """`If-Match` names a state that has passed; `detail` says what came in between, if known."""

    code = "precondition_failed"
    http_status = 412
    message = _("This has changed since you read it. Read it again, then decide.")


class PreconditionRequiredError(AppError):
    """A change that must say which state it was decided on."""

    code = "precondition_required"
    http_status = 428
    message = _("Say which version you saw: by If-Match, or by the field version.")


class InvalidInputError(AppError):
    code = "invalid_input"
    http_status = 422
    message = _("This input cannot be used.")


class UnreadableCorrectionError(InvalidInputError):
    """A corrected line is no mathematics. `detail["problems"]` marks the places."""

    code = "unreadable_correction"
    message = _("One line is not mathematics yet. It is kept as a draft; the place is marked.")


class DisprovedCorrectionError(InvalidInputError):
    """The checker has disproved a correction, and the teacher has not said that it is meant."""

    code = "disproved_correction"
    message = _("My checker says that a corrected part is wrong. Save it again to overrule it.")


class UnknownJoinCodeError(InvalidInputError):
    code = "unknown_join_code"
    message = _("There is no class with this code. Please check it with your teacher.")


class ClassClosedError(InvalidInputError):
    code = "class_closed"
    message = _("This class takes no new students right now. Please ask your teacher to open it.")


class ClassArchivedError(ConflictError):
    code = "class_archived"
    message = _("This class is archived. Restore it first.")


class NotAMemberError(ConflictError):
    """Somebody else was faster, or the page is old."""

    code = "not_a_member"
    message = _("This person is no longer in the class.")


class LastTeacherError(ConflictError):
    code = "last_teacher"
    message = _("A class keeps at least one teacher. Add another one first, or archive the class.")


class PasswordChangeRequiredError(AppError):
    """The password was given by somebody else; nothing else opens before it is changed."""

    code = "password_change_required"
    http_status = 403
    close_code = 4403
    message = _("Please choose a password of your own first.")


class MfaRequiredError(AppError):
    """The school wants a second step of everybody who teaches; nothing else opens before."""

    code = "mfa_required"
    http_status = 403
    close_code = 4403
    message = _("Please set up two-step sign-in first: your school wants it.")


class ImportFileError(InvalidInputError):
    """A file of which not even the rows can be told apart."""

    code = "import_file"
    message = _("This file cannot be read as a list of students.")


class InvitationInvalidError(AppError):
    """Unknown, used or too old: the three look the same from outside."""

    code = "invitation_invalid"
    http_status = 410
    message = _("This invitation is no longer valid. Please ask for a new one.")


class IdempotencyKeyReusedError(InvalidInputError):
    code = "idempotency_key_reused"
    message = _("This key was used for another call.")


class ValidationFailedError(InvalidInputError):
    """Some fields of a call are missing, unknown or wrong; `detail["errors"]` lists them as
    `{"field", "code", "message"}`."""

    code = "validation_failed"
    message = _("Some of what was sent cannot be used; see errors.")


class MalformedRequestError(AppError):
    code = "malformed_request"
    message = _("This request cannot be read.")


class MethodNotAllowedError(AppError):
    code = "method_not_allowed"
    http_status = 405
    message = _("This address does not take this method.")


class NotAcceptableError(AppError):
    code = "not_acceptable"
    http_status = 406
    message = _("This address does not answer in any of the accepted formats.")


class UnsupportedMediaTypeError(AppError):
    code = "unsupported_media_type"
    http_status = 415
    message = _("This address does not take this content type.")


class WrongPasswordError(AppError):
    """Also for names that nobody has: the two look the same from outside."""

    code = "wrong_password"
    http_status = 401
    close_code = 4401
    message = _("The username or the password is not correct.")


class SecondFactorNeededError(AppError):
    """The password is right, and a second factor is to follow. `detail` says by which `challenge`,
    of which `types`, and within how many seconds (`expires_in`)."""

    code = "second_factor_needed"
    http_status = 401
    close_code = 4401
    message = _("Please confirm the sign-in with your second factor.")


class WrongCodeError(SecondFactorNeededError):
    """The code is of no app and no list of this person, or it was used before."""

    code = "wrong_code"
    message = _("This code is not correct. Codes change every 30 seconds.")


class NotFinishedInTimeError(AppError):
    """A call that had to wait for its answer waited too long; the solution goes on."""

    code = "not_finished_in_time"
    http_status = 504
    message = _("This takes longer than the call may wait. The solution goes on.")
    retryable = True


class InternalError(AppError):
    code = "internal_error"
    http_status = 500
    close_code = 1011
    message = _("Something went wrong. Please try again.")
    retryable = True


class BodyTooLargeError(AppError):
    code = "body_too_large"
    http_status = 413
    message = _("This file is too large. Please choose a smaller photo.")


class AnswersHiddenError(PermissionDeniedError):
    """The answer policy of a class opens answers step by step, which this way cannot."""

    code = "answers_hidden"
    message = _("Your class sees hints first. Please ask on the page of the homework helper.")


class AnswersClosedError(PermissionDeniedError):
    """The answer policy of a class takes no questions now."""

    code = "answers_closed"
    message = _("Your teacher has closed the homework helper for now.")


class StepWithheldError(PermissionDeniedError):
    """The next step would give the answer away."""

    code = "step_withheld"
    message = _("The next step holds the answer. Enter your own answer first.")


class AttemptNeededError(PermissionDeniedError):
    """The answer is shown after an attempt of the student's own."""

    code = "attempt_needed"
    message = _("Enter your own answer first. Then you can see the solution.")


class EngineBusyError(AppError):
    """Something needs the engine, and there is none in this process or it is starting."""

    code = "engine_not_ready"
    http_status = 503
    message = _("The solver is not ready. Please try again in a minute.")
    retryable = True


class TooManyRequestsError(AppError):
    code = "too_many_requests"
    http_status = 429
    close_code = 4429
    message = _("That was too often. Please wait a moment.")
    retryable = True


class RateLimitedError(TooManyRequestsError):
    """A counter is used up. `standing` is its `access.limits.Standing`."""

    code = "rate_limited"
    standing: Any = None


class TooManyActiveError(TooManyRequestsError):
    """As many questions of this person wait or are worked on as may at the same time."""

    code = "too_many_active"
    message = _("Several of your questions are waiting. Please wait for them.")


class QuotaUsedUpError(TooManyRequestsError):
    code = "quota_used_up"
    message = _("Your school has asked all its questions for today.")
    retryable = False


class TooManyBatchesError(TooManyRequestsError):
    code = "too_many_batches"
    message = _("Several of your batches are under way. Please wait for them.")


class QueueFullError(AppError):
    code = "queue_full"
    http_status = 503
    close_code = 4429
    message = _("Many questions are waiting right now. Please try again in a minute.")
    retryable = True


class UploadError(AppError):
    """A file that is no photo we can take; the subclasses' codes say why."""

    code = "bad_upload"
    http_status = 422
    message = _("This file cannot be read as a photo.")


class NestedArchiveError(UploadError):
    code = "nested_archive"
    message = _("An archive within an archive is not unpacked.")


class ArchiveError(InvalidInputError):
    """Not an archive of photos that we unpack; the subclasses say what is wrong with it. `detail`
    may say with which entry (`name`)."""

    code = "bad_archive"
    message = _("This ZIP archive is damaged, or packed in a way that we do not unpack.")


class ArchiveTooLargeError(ArchiveError):
    code = "archive_too_large"
    http_status = 413
    message = _("This archive unpacks to more than a batch may have.")


class ArchiveEncryptedError(ArchiveError):
    code = "archive_encrypted"
    message = _("This archive is protected by a password. Please pack it without one.")


class ArchiveNameError(ArchiveError):
    code = "archive_bad_name"
    message = _("A name in this archive leads out of it, or holds characters that no name has.")


class ArchiveLinkError(ArchiveError):
    code = "archive_link"
    message = _("This archive holds a link or a device instead of a photo.")


class ArchiveDuplicateError(ArchiveError):
    code = "archive_duplicate_name"
    message = _("Two photos in this archive have the same name.")


class EmptyBatchError(InvalidInputError):
    code = "empty_batch"
    message = _("There is no question in this batch.")


class TooManyItemsError(InvalidInputError):
    code = "too_many_items"
    message = _("A batch cannot have so many questions.")


class BatchExpiredError(InvalidInputError):
    """An item's fate, not a call's: its batch ran out of time before it was begun."""

    code = "batch_expired"
    message = _("There was no idle moment for this question in the time that a batch has.")


class InvalidWebhookURLError(InvalidInputError):
    code = "invalid_webhook_url"
    message = _("A webhook needs an https address that anybody on the internet can reach.")


class EmptyFileError(UploadError):
    code = "empty_file"
    message = _("This file is empty. Please choose the photo again.")


class UnsupportedFormatError(UploadError):
    code = "unsupported_format"
    http_status = 415
    message = _("Please choose a JPEG, PNG, WebP or HEIC photo.")


class InvalidImageURLError(UploadError):
    code = "invalid_image_url"
    message = _("A photo comes as a data URL in base64. Addresses are not fetched.")


class DamagedImageError(UploadError):
    code = "damaged_image"
    message = _("This photo is damaged or incomplete. Please take it again.")


class TooManyPixelsError(UploadError):
    code = "too_many_pixels"
    http_status = 413
    message = _("This photo has too many pixels. Please take it at a lower resolution.")


class ImageTooSmallError(UploadError):
    code = "image_too_small"
    message = _("This picture is too small to hold a question. Please take a photo of it.")


class AnimatedImageError(UploadError):
    code = "animated_image"
    message = _("This is an animation. Please choose a still photo.")


class DecodeTimeoutError(UploadError):
    """The decoder ran into its CPU or wall-clock limit: a file made to be slow, or a slow day."""

    code = "decode_timeout"
    message = _("This photo takes too long to open. Please take it again at a lower resolution.")


class UploadsBusyError(AppError):
    """All places for decoding are taken, and none became free in time."""

    code = "uploads_busy"
    http_status = 503
    message = _("Many photos are arriving right now. Please try again in a minute.")
    retryable = True
