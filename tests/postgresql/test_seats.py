"""The register of seats on PostgreSQL: it only grows, is certified by two, and what members wrote is encrypted."""

from tests.services.test_appointments import test_applications_are_read_by_those_who_decide_and_encrypted
from tests.services.test_certification import test_what_members_wrote_is_not_in_the_database_in_plain_text
from tests.services.test_seats import (
    ready,
    test_the_database_refuses_to_change_history,
    test_what_two_people_enter_stands_in_the_register_with_both_names,
)
from tests.services.test_seats_year import test_winners_sit_once_the_incumbents_terms_end
