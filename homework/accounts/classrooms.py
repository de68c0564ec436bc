"""Writing classes: made, renamed, opened, closed, archived, and who is in them.

Whether a person may change a class is asked of the selectors, by which views get hold of it; here
are the rules that hold for whoever does it. Every change is in the audit log.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import Classroom, Membership, School, User, make_join_code
from homework.common.errors import (
    ClassArchivedError,
    ConflictError,
    InvalidInputError,
    LastTeacherError,
    NotAMemberError,
)

NAME_MAX_CHARACTERS = 100


@transaction.atomic
def classroom_create(*, by: User, school: School, name: str) -> Classroom:
    """Make a class. A teacher who makes one teaches it; an administrator adds teachers to it.

    Raises:
        InvalidInputError: No name, or one that is too long.
    """
    classroom = Classroom(school=school, name=_clean_name(name))
    _give_join_code(classroom)
    if by.role == User.Role.TEACHER:
        Membership.objects.create(user=by, classroom=classroom)
    audit_record(actor=by, action=AuditAction.CLASS_CREATED, target=classroom)
    return classroom


@transaction.atomic
def classroom_rename(*, by: User, classroom: Classroom, name: str) -> None:
    """Give a class another name.

    Raises:
        InvalidInputError: No name, or one that is too long.
        ClassArchivedError: It is archived.
    """
    current = _locked(classroom)
    new_name = _clean_name(name)
    if new_name != current.name:
        detail = {"from": current.name, "to": new_name}
        current.name = new_name
        current.save(update_fields=["name"])
        audit_record(actor=by, action=AuditAction.CLASS_RENAMED, target=current, detail=detail)


@transaction.atomic
def classroom_rotate_code(*, by: User, classroom: Classroom) -> str:
    """Give a class a new join code; the old one no longer works. Returns the new one.

    Raises:
        ClassArchivedError: It is archived.
    """
    current = _locked(classroom)
    _give_join_code(current)
    audit_record(actor=by, action=AuditAction.CLASS_CODE_ROTATED, target=current)
    return current.join_code


@transaction.atomic
def classroom_set_open(*, by: User, classroom: Classroom, is_open: bool) -> None:
    """Let students join with the code, or no longer. Nothing happens if it is so already.

    Raises:
        ClassArchivedError: It is archived.
    """
    current = _locked(classroom)
    if current.is_open != is_open:
        current.is_open = is_open
        current.save(update_fields=["is_open"])
        action = AuditAction.CLASS_OPENED if is_open else AuditAction.CLASS_CLOSED
        audit_record(actor=by, action=action, target=current)


@transaction.atomic
def classroom_set_archived(*, by: User, classroom: Classroom, is_archived: bool) -> None:
    """Archive a class or restore it. Nothing happens if it is so already."""
    current = Classroom.objects.select_for_update().get(pk=classroom.pk)
    if (current.archived_at is not None) != is_archived:
        current.archived_at = timezone.now() if is_archived else None
        current.save(update_fields=["archived_at"])
        action = AuditAction.CLASS_ARCHIVED if is_archived else AuditAction.CLASS_RESTORED
        audit_record(actor=by, action=action, target=current)


@transaction.atomic
def classroom_add_teacher(*, by: User, classroom: Classroom, username: str) -> User:
    """Let another teacher of the school teach the class, too.

    Raises:
        InvalidInputError: The school has no active teacher of this name.
        ClassArchivedError: It is archived.
    """
    current = _locked(classroom)
    teacher = User.objects.filter(
        username__iexact=username.strip(),
        role=User.Role.TEACHER,
        school_id=current.school_id,
        is_active=True,
    ).first()
    if teacher is None:
        raise InvalidInputError(_("Your school has no teacher with this username."))
    if Membership.objects.get_or_create(user=teacher, classroom=current)[1]:
        _record_member(by, AuditAction.MEMBER_ADDED, teacher, current)
    return teacher


@transaction.atomic
def classroom_remove_member(*, by: User, classroom: Classroom, user_id: int) -> User:
    """Take a student or a teacher out of a class. Their account stays.

    Raises:
        NotAMemberError: They are not in it.
        LastTeacherError: A teacher removes the last one, be it themselves.
        ClassArchivedError: It is archived.
    """
    current = _locked(classroom)
    membership = _membership(current, user_id)
    person = membership.user
    if person.role == User.Role.TEACHER and not by.may_administer:
        others = current.memberships.filter(user__role=User.Role.TEACHER, user__is_active=True)
        if not others.exclude(user=person).exists():
            raise LastTeacherError
    membership.delete()
    _record_member(by, AuditAction.MEMBER_REMOVED, person, current)
    return person


@transaction.atomic
def classroom_move_student(*, by: User, classroom: Classroom, user_id: int, to: Classroom) -> User:
    """Move a student to another class of the same school.

    Raises:
        InvalidInputError: The other class is of another school, or it is the same.
        NotAMemberError: The student is not in the class.
        ClassArchivedError: One of the two is archived.
    """
    if to.school_id != classroom.school_id or to.pk == classroom.pk:
        raise InvalidInputError(_("Please choose another class of your school."))
    # Always in the same order, so that two who move in opposite directions do not wait forever.
    locked = {
        pk: _locked(each) for pk, each in sorted({classroom.pk: classroom, to.pk: to}.items())
    }
    membership = _membership(locked[classroom.pk], user_id)
    student = membership.user
    if student.role != User.Role.STUDENT:
        raise InvalidInputError(_("Only students can be moved."))
    membership.delete()
    _record_member(by, AuditAction.MEMBER_REMOVED, student, locked[classroom.pk])
    if Membership.objects.get_or_create(user=student, classroom=locked[to.pk])[1]:
        _record_member(by, AuditAction.MEMBER_ADDED, student, locked[to.pk])
    return student


def _locked(classroom: Classroom) -> Classroom:
    """The class as it is now, kept from others until the transaction ends."""
    current = Classroom.objects.select_for_update().get(pk=classroom.pk)
    if current.archived_at is not None:
        raise ClassArchivedError
    return current


def _membership(classroom: Classroom, user_id: int) -> Membership:
    found = classroom.memberships.select_related("user").filter(user_id=user_id).first()
    if found is None:
        raise NotAMemberError
    return found


def _record_member(by: User, action: AuditAction, person: User, classroom: Classroom) -> None:
    audit_record(
        actor=by,
        action=action,
        target=person,
        school=classroom.school,
        detail={"class": classroom.name, "class_id": classroom.pk},
    )


def _give_join_code(classroom: Classroom) -> None:
    """Save with a code that no other class has; that one is taken is about never the case."""
    for _attempt in range(5):
        classroom.join_code = make_join_code()
        try:
            with transaction.atomic():
                classroom.save()
        except IntegrityError:
            continue
        return
    raise ConflictError


def _clean_name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or not clean.isprintable():
        raise InvalidInputError(_("Please give the class a name."))
    if len(clean) > NAME_MAX_CHARACTERS:
        raise InvalidInputError(
            _("This name is too long: at most %(number)d characters.")
            % {"number": NAME_MAX_CHARACTERS}
        )
    return clean
