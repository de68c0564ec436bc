"""Who may see whom. Every question about visibility ends here."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from homework.accounts.models import AuditEvent, Classroom, Consent, Membership, School, User
from homework.common.errors import NotFoundError
from homework.common.prepared import Parameter, PreparedQuery

Viewer = User | AnonymousUser


def students_visible_to(*, viewer: Viewer) -> QuerySet[User]:
    """The people whose photos and solutions `viewer` may see, the viewer included.

    A teacher sees the students of the classes that they are a member of, within their own school
    and while the class is not archived. Administrators see nobody's work: they run the site, they
    do not teach.
    """
    if not isinstance(viewer, User) or not viewer.is_active:
        return User.objects.none()
    if viewer.role != User.Role.TEACHER:
        return User.objects.filter(pk=viewer.pk)
    # A subquery, not a join: a student of two shared classes is still one row.
    return User.objects.filter(
        Q(pk=viewer.pk) | Q(pk__in=students_taught_by(teacher=viewer).values("pk"))
    )


def user_may_see_student(*, viewer: Viewer, student: User) -> bool:
    """Whether `viewer` may see what `student` handed in: the student, or a teacher of theirs."""
    return students_visible_to(viewer=viewer).filter(pk=student.pk).exists()


def classrooms_taught_by(*, teacher: Viewer, include_archived: bool = False) -> QuerySet[Classroom]:
    """The classes that a teacher of the class' own school is a member of. None for others."""
    if (
        not isinstance(teacher, User)
        or not teacher.is_active
        or teacher.role != User.Role.TEACHER
        or teacher.school_id is None
    ):
        return Classroom.objects.none()
    found = Classroom.objects.filter(
        Exists(Membership.objects.filter(classroom=OuterRef("pk"), user_id=teacher.pk)),
        school_id=teacher.school_id,
    )
    return found if include_archived else found.filter(archived_at=None)


def classroom_get_taught(*, teacher: Viewer, classroom_id: int) -> Classroom:
    """One class that is not archived, for its teacher.

    Raises:
        NotFoundError: There is none, it is archived, or `teacher` does not teach it.
    """
    found = (
        classrooms_taught_by(teacher=teacher)
        .select_related("school")
        .filter(pk=classroom_id)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def students_taught_by(*, teacher: Viewer, classroom: Classroom | None = None) -> QuerySet[User]:
    """The students of a teacher's classes, or of one of them; each student once."""
    classrooms = classrooms_taught_by(teacher=teacher)
    if classroom is not None:
        classrooms = classrooms.filter(pk=classroom.pk)
    school_id = teacher.school_id if isinstance(teacher, User) else None
    return User.objects.filter(
        pk__in=Membership.objects.filter(classroom__in=classrooms.values("pk")).values("user"),
        role=User.Role.STUDENT,
        school_id=school_id,
    )


def students_in_class(*, classroom: Classroom) -> QuerySet[User]:
    """The students of a class. Who has gone to another school is none of them any more."""
    return User.objects.filter(
        memberships__classroom=classroom,
        role=User.Role.STUDENT,
        school_id=classroom.school_id,
    )


def student_get_taught(*, teacher: Viewer, student_id: int) -> User:
    """One student of a teacher.

    Raises:
        NotFoundError: There is none, or it is not this teacher's.
    """
    found = students_taught_by(teacher=teacher).filter(pk=student_id).first()
    if found is None:
        raise NotFoundError
    return found


def teaches_student(*, teacher: Viewer, student: User) -> bool:
    """Whether `student` is in a class of `teacher`'s; nobody teaches themselves."""
    return students_taught_by(teacher=teacher).filter(pk=student.pk).exists()


def teacher_ids_of_student(*, student: User) -> list[int]:
    """Who may see what `student` hands in, besides the student, by their keys: for notices."""
    if student.school_id is None:
        return []
    return _teacher_ids(student=student.pk, school=student.school_id)


_SCHOOL = Parameter("school", User, "school")
_teacher_ids = PreparedQuery(
    lambda: User.objects.filter(
        Exists(
            Membership.objects.filter(
                user=OuterRef("pk"),
                classroom__archived_at=None,
                classroom__school=_SCHOOL,
                classroom__in=Membership.objects.filter(
                    user=Parameter("student", Membership, "user")
                ).values("classroom"),
            )
        ),
        role=User.Role.TEACHER,
        is_active=True,
        school=_SCHOOL,
    ).values_list("pk", flat=True)
)


def schools_administered_by(*, viewer: Viewer) -> QuerySet[School]:
    """The schools that an administrator administers: their own, or all if they have none."""
    if not isinstance(viewer, User) or not viewer.may_administer:
        return School.objects.none()
    if viewer.is_superuser or viewer.school_id is None:
        return School.objects.all()
    return School.objects.filter(pk=viewer.school_id)


def school_get_administered(*, viewer: Viewer, school_id: int) -> School:
    """One school, for its administrator.

    Raises:
        NotFoundError: There is none, or `viewer` does not administer it.
    """
    found = schools_administered_by(viewer=viewer).filter(pk=school_id).first()
    if found is None:
        raise NotFoundError
    return found


def people_of_school(*, school: School, search: str = "", role: str = "") -> QuerySet[User]:
    """A school's people, found by name, username or e-mail address; nobody who runs the site."""
    found = User.objects.filter(school=school, is_superuser=False)
    if role:
        found = found.filter(role=role)
    for word in search.split():
        found = found.filter(
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(email__icontains=word)
        )
    return found


def audit_log(
    *,
    school: School,
    search: str = "",
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditEvent]:
    """A school's log, the newest first.

    Args:
        school: Whose.
        search: Words in the name of who did it or of what it was done to.
        action: A value of `AuditAction`, or the part of one before its dot.
        since: Not before.
        until: Before.
    """
    found = AuditEvent.objects.filter(school=school)
    for word in search.split():
        found = found.filter(Q(actor_name__icontains=word) | Q(target_name__icontains=word))
    if action:
        found = found.filter(action=action)
    if since is not None:
        found = found.filter(created_at__gte=since)
    if until is not None:
        found = found.filter(created_at__lt=until)
    return found.order_by("-pk")


def classrooms_managed_by(*, viewer: Viewer) -> QuerySet[Classroom]:
    """The classes whose roster and code `viewer` may change, archived ones included: those that
    they teach, and for administrators those of their schools."""
    return Classroom.objects.filter(
        Q(pk__in=classrooms_taught_by(teacher=viewer, include_archived=True).values("pk"))
        | Q(school__in=schools_administered_by(viewer=viewer).values("pk"))
    )


def classroom_get_managed(*, viewer: Viewer, classroom_id: int) -> Classroom:
    """One class, archived or not, for who may change it.

    Raises:
        NotFoundError: There is none, or `viewer` may not change it.
    """
    found = (
        classrooms_managed_by(viewer=viewer).select_related("school").filter(pk=classroom_id)
    ).first()
    if found is None:
        raise NotFoundError
    return found


def with_num_students(*, classrooms: QuerySet[Classroom]) -> QuerySet[Classroom]:
    """The classes with the number of their students as `num_students`."""
    students = (
        Membership.objects.filter(classroom=OuterRef("pk"), user__role=User.Role.STUDENT)
        .values("classroom")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return classrooms.annotate(num_students=Coalesce(Subquery(students), 0))


def students_whose_work_may_train(*, school: School) -> QuerySet[User]:
    """The students of a school whose corrected solutions may join the training export.

    Nobody where the school does not allow it; else all but those who have said no.
    """
    students = User.objects.filter(school=school, role=User.Role.STUDENT)
    if not school.allows_training_export:
        return students.none()
    latest = Consent.objects.filter(
        student=OuterRef("pk"), purpose=Consent.Purpose.TRAINING
    ).order_by("-pk")
    return students.annotate(training_consent=Subquery(latest.values("is_given")[:1])).filter(
        Q(training_consent=True) | Q(training_consent=None)
    )
