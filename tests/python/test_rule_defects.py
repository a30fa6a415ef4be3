"""Defects of meaning in the rules stop the build before it touches anything.

Each is put into a copy of the shipped seeds, one at a time, without the check of
the files (tools/check_seeds.py), as by somebody who knows nothing of it. The message
must name the seed, the line's key and the value and say what to do: the models that
find defects are run in memory for each of them. For some of them, at least one of
every seed, dbt is run. The build must fail with that message; marts and history must
be, byte for byte, what the good build before has left; and once the seed is repaired,
the next build must be green.
"""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from demo_project import (  # noqa: F401
    AS_OF, WITHOUT_SOURCES, DemoProject, built_demo, copy_warehouse,
)
from jinja_models import JinjaModels
from project_files import ROOT
from seed_edits import Edit, append, drop, edit_file, keep_header, repeat, replace
from warehouse_dump import (
    ASSIGNMENTS, CANDIDATES, CRITERIA, CURRENT, KEPT, METRIC_HISTORY, MOVEMENTS, PROFILES,
    SNAPSHOT, Dump, assert_same, checksum_duckdb, rows_of,
)
from world_tables import Table

# The history, the marts and the table that they are made from.
UNTOUCHED = (*KEPT, CANDIDATES)

# All of version 1 of scorecard relationship, which has scored twelve months.
WEIGHTS_V1 = "criterion_weights.csv (scorecard=relationship, version=1)"
MARGIN_V1 = "criterion_weights.csv (scorecard=relationship, version=1, criterion=margin)"
BANDS_V1 = "score_bands.csv (scorecard=relationship, version=1, criterion=order_volume, "
RULES_V1 = "profile_rules.csv (scorecard=relationship, version=1, "
VERSION_1 = "scorecard_versions.csv (scorecard=relationship, version=1)"
VERSION_2 = "scorecard_versions.csv (scorecard=relationship, version=2)"
# A candidate, which decides nothing.
VERSION_3 = "scorecard_versions.csv (scorecard=relationship, version=3)"

SUM_ADVICE = "change the weights of this version by {} in all"
SHARE_ADVICE = "write a number from 0 to 1 with a decimal point and at most six decimals"
POINTS_ADVICE = (
    "write a number from 0 to 100 with a decimal point and at most two decimals"
)
BANDS_ADVICE = (
    "make each upper_bound equal the next lower_bound, with the lowest band open "
    "below and the highest open above"
)
RULES_ADVICE = (
    "give each rule a priority of its own and end with a rule on the score without bounds"
)
METRICS = (
    "tenure_months, order_volume, order_trend, monthly_revenue, margin_rate, "
    "payment_delay_days, ticket_rate, self_service_rate, contact_frequency, "
    "days_since_contact, project_complexity"
)
METRIC_ADVICE = (
    "use one of its columns: {}; or add this one as an integer or a decimal"
)
LOWEST_PROFILE_ADVICE = "write a profile of the scorecard, or leave it empty for all of them"
MOVEMENT_ADVICE = (
    "write entered, left or the profile that the client comes from, or leave it empty"
)
LINE_ADVICE = "correct the line, or take it away"
APPROVAL = (
    "the version is approved, but not by whom or when; fill in approved_by and approved_on"
)
WITHOUT_SUM = (
    f"{WEIGHTS_V1}: the weights do not sum to exactly 1 (weight is 0.800000); "
    + SUM_ADVICE.format("0.200000")
)


@dataclass(frozen=True)
class Defect:
    """One edit of one seed, and what the build says of it."""

    seed: str
    edit: Edit
    problems: tuple[str, ...]
    # Problems that only follow from these, in other seeds.
    consequences: int = 0


def override(*lines: str) -> Edit:
    """Add decisions by hand, each given as client, profile and dates."""
    return append(*(f"relationship,{line},They asked,Sales,Board" for line in lines))


def confirm_in(periods: str) -> Edit:
    """Let a version in force confirm profiles in so many periods."""
    return replace("approved,2025-11-01,,1,", f"approved,2025-11-01,,{periods},")


def unreadable_confirmation(periods: str) -> Defect:
    """Give the defect of a number of periods that is none."""
    problem = (
        f"{VERSION_2}: confirmation_periods cannot be read as positive_integer "
        f"(confirmation_periods is {periods}); write a whole number, 1 or more"
    )
    return Defect("scorecard_versions", confirm_in(periods), (problem,))


def restate(*lines: str) -> Edit:
    """Add restatements, each given as name and dates."""
    return append(*(f"{line},Sales,Board,The scores were wrong" for line in lines))


DEFECTS = {
    "weights_sum_to_0_99": Defect(
        "criterion_weights",
        replace("relationship,1,order_volume,0.25", "relationship,1,order_volume,0.24"),
        (
            f"{WEIGHTS_V1}: the weights do not sum to exactly 1 (weight is 0.990000); "
            + SUM_ADVICE.format("0.010000"),
        ),
    ),
    "negative_weight": Defect(
        "criterion_weights",
        replace("relationship,1,margin,0.20", "relationship,1,margin,-0.20"),
        (
            WITHOUT_SUM,
            f"{MARGIN_V1}: weight cannot be read as share (weight is -0.20); {SHARE_ADVICE}",
        ),
    ),
    "weight_with_too_many_decimals": Defect(
        "criterion_weights",
        replace("relationship,1,margin,0.20", "relationship,1,margin,0.2000001"),
        (
            WITHOUT_SUM,
            f"{MARGIN_V1}: weight cannot be read as share (weight is 0.2000001); "
            + SHARE_ADVICE,
        ),
    ),
    "empty_weight": Defect(
        "criterion_weights",
        replace("relationship,1,margin,0.20", "relationship,1,margin,"),
        (WITHOUT_SUM, f"{MARGIN_V1}: weight is empty; fill it in"),
    ),
    "overlapping_bands": Defect(
        "score_bands",
        replace("relationship,1,order_volume,low,50,", "relationship,1,order_volume,low,40,"),
        (
            f"{BANDS_V1}band=minimal): the band overlaps band low "
            f"(lower_bound, upper_bound is (open) to 50.000000); {BANDS_ADVICE}",
        ),
    ),
    "gap_between_bands": Defect(
        "score_bands",
        replace("relationship,1,order_volume,low,50,", "relationship,1,order_volume,low,60,"),
        (
            f"{BANDS_V1}band=minimal): there is a gap before band low "
            f"(lower_bound, upper_bound is (open) to 50.000000); {BANDS_ADVICE}",
        ),
    ),
    "lower_above_upper": Defect(
        "score_bands",
        replace(
            "relationship,1,order_volume,low,50,200", "relationship,1,order_volume,low,200,50"
        ),
        (
            f"{BANDS_V1}band=low): lower_bound is not below upper_bound "
            f"(lower_bound, upper_bound is 200.000000 to 50.000000); {BANDS_ADVICE}",
        ),
        consequences=1,
    ),
    "lowest_band_not_open": Defect(
        "score_bands",
        replace("relationship,1,order_volume,minimal,,", "relationship,1,order_volume,minimal,0,"),
        (
            f"{BANDS_V1}band=minimal): values below the lowest band have no points "
            f"(lower_bound, upper_bound is 0.000000 to 50.000000); {BANDS_ADVICE}",
        ),
    ),
    "highest_band_not_open": Defect(
        "score_bands",
        replace(
            "relationship,1,order_volume,very_high,1500,,",
            "relationship,1,order_volume,very_high,1500,9000,",
        ),
        (
            f"{BANDS_V1}band=very_high): values above the highest band have no points "
            f"(lower_bound, upper_bound is 1500.000000 to 9000.000000); {BANDS_ADVICE}",
        ),
    ),
    "points_above_100": Defect(
        "score_bands",
        replace(
            "relationship,1,order_volume,very_high,1500,,100",
            "relationship,1,order_volume,very_high,1500,,101",
        ),
        (
            f"{BANDS_V1}band=very_high): points cannot be read as points "
            f"(points is 101); {POINTS_ADVICE}",
        ),
    ),
    "points_below_0": Defect(
        "score_bands",
        replace(
            "relationship,1,order_volume,minimal,,50,0",
            "relationship,1,order_volume,minimal,,50,-1",
        ),
        (
            f"{BANDS_V1}band=minimal): points cannot be read as points "
            f"(points is -1); {POINTS_ADVICE}",
        ),
    ),
    "unknown_criterion": Defect(
        "criterion_weights",
        replace("relationship,1,margin,", "relationship,1,margins,"),
        (
            "criterion_weights.csv (scorecard=relationship, version=1, criterion=margins): "
            "there is no such line in criteria (criterion is criterion=margins); "
            "correct the name, or add the line to criteria.csv",
        ),
        # The bands of `margin` lost their weight, `margins` has none.
        consequences=6,
    ),
    "unknown_criterion_in_a_rule": Defect(
        "profile_rules",
        replace(
            "relationship,2,1,a_by_score_and_margin,A,points,margin,",
            "relationship,2,1,a_by_score_and_margin,A,points,margins,",
        ),
        (
            "profile_rules.csv (scorecard=relationship, version=2, "
            "rule=a_by_score_and_margin, subject=points, subject_name=margins): "
            "the criterion has no weight in this version (subject_name is margins); "
            + LINE_ADVICE,
        ),
    ),
    "unknown_metric": Defect(
        "criteria",
        replace("margin,margin_rate", "margin,margin_ratio"),
        (
            "criteria.csv (criterion=margin): int_client_metrics has no exact number "
            "of this name (metric is margin_ratio); " + METRIC_ADVICE.format(METRICS),
        ),
    ),
    "actionable_without_effort": Defect(
        "criteria",
        replace("lower_is_better,true,1,Agree", "lower_is_better,true,,Agree"),
        (
            "criteria.csv (criterion=payment_delay): the criterion is actionable, but its "
            "effort is empty; write 1, or more if it is harder than others",
        ),
    ),
    "unknown_metric_in_a_rule": Defect(
        "profile_rules",
        replace("orbital,metric,margin_rate", "orbital,metric,margin_ratio"),
        (
            "profile_rules.csv (scorecard=tier, version=1, rule=orbital, subject=metric, "
            "subject_name=margin_ratio): int_client_metrics has no exact number of this "
            f"name (subject_name is margin_ratio); {LINE_ADVICE}",
        ),
    ),
    "unknown_profile": Defect(
        "profile_rules",
        replace("relationship,1,2,b_by_score,B", "relationship,1,2,b_by_score,E"),
        (
            f"{RULES_V1}rule=b_by_score, subject=score, subject_name=(empty)): "
            "there is no such line in profiles "
            "(scorecard, profile is scorecard=relationship, profile=E); "
            "correct the name, or add the line to profiles.csv",
        ),
    ),
    "unknown_scorecard": Defect(
        "profiles",
        replace("tier,orbital,", "tiers,orbital,"),
        (
            "profiles.csv (scorecard=tiers, profile=orbital): there is no such line in "
            "scorecards (scorecard is scorecard=tiers); "
            "correct the name, or add the line to scorecards.csv",
        ),
        # Two conditions lead to the profile that is gone, eight protocols, and a benefit
        # is for it.
        consequences=11,
    ),
    "unknown_scorecard_of_a_version": Defect(
        "scorecard_versions",
        replace("tier,1,approved", "tiers,1,approved"),
        (
            "scorecard_versions.csv (scorecard=tiers, version=1): there is no such line "
            "in scorecards (scorecard is scorecard=tiers); "
            "correct the name, or add the line to scorecards.csv",
            "scorecard_versions.csv (scorecard=tier, version=(none)): the scorecard has "
            "no approved version; add a line with status approved",
        ),
        consequences=14,
    ),
    "no_catch_all": Defect(
        "profile_rules",
        drop("relationship,1,4,d_otherwise"),
        (
            f"{RULES_V1}rule=c_by_score): the last rule has bounds, so some clients "
            f"match no rule (priority is 3); {RULES_ADVICE}",
        ),
    ),
    "catch_all_not_last": Defect(
        "profile_rules",
        replace("relationship,1,3,c_by_score", "relationship,1,5,c_by_score"),
        (
            f"{RULES_V1}rule=c_by_score): the last rule has bounds, so some clients "
            f"match no rule (priority is 5); {RULES_ADVICE}",
            f"{RULES_V1}rule=d_otherwise): the rule catches every client before the next "
            f"is tried (priority is 4); {RULES_ADVICE}",
        ),
    ),
    "two_rules_of_one_priority": Defect(
        "profile_rules",
        replace("relationship,1,2,b_by_score", "relationship,1,3,b_by_score"),
        (
            f"{RULES_V1}rule=b_by_score): two rules have the same priority "
            f"(priority is 3); {RULES_ADVICE}",
            f"{RULES_V1}rule=c_by_score): two rules have the same priority "
            f"(priority is 3); {RULES_ADVICE}",
        ),
    ),
    "two_approved_versions_at_once": Defect(
        "scorecard_versions",
        replace("2024-11-01,2025-11-01", "2024-11-01,2025-12-01"),
        (
            f"{VERSION_1}: two approved versions are in force at once: this one and "
            "version 2 (effective_to is 2025-12-01); "
            "end it on the day on which version 2 begins, 2025-11-01",
        ),
    ),
    "hole_between_versions": Defect(
        "scorecard_versions",
        replace("2024-11-01,2025-11-01", "2024-11-01,2025-10-01"),
        (
            f"{VERSION_1}: no approved version is in force after this one ends "
            "(effective_to is 2025-10-01); "
            "end it on the day on which version 2 begins, 2025-11-01",
        ),
    ),
    "hole_after_the_last_version": Defect(
        "scorecard_versions",
        replace("2025-11-01,,", "2025-11-01,2026-06-01,"),
        (
            f"{VERSION_2}: no approved version is in force after this one ends "
            "(effective_to is 2026-06-01); "
            "leave effective_to of the last approved version empty",
        ),
    ),
    "version_from_the_middle_of_a_month": Defect(
        "scorecard_versions",
        replace("approved,2025-11-01", "approved,2025-11-15"),
        (
            f"{VERSION_2}: effective_from cannot be read as month "
            "(effective_from is 2025-11-15); "
            "write the first day of a month as YYYY-MM-01",
        ),
    ),
    "duplicate_key": Defect(
        "profiles",
        repeat("tier,orbital,"),
        (
            "profiles.csv (scorecard=tier, profile=orbital): 2 lines have this key; "
            "keep one of them",
        ),
    ),
    "rule_with_lower_above_upper": Defect(
        "profile_rules",
        replace(
            "relationship,1,2,b_by_score,B,score,,65,",
            "relationship,1,2,b_by_score,B,score,,65,50",
        ),
        (
            f"{RULES_V1}rule=b_by_score, subject=score, subject_name=(empty)): "
            "lower_bound is not below upper_bound (lower_bound, upper_bound is "
            f"65.000000 to 50.000000); {LINE_ADVICE}",
        ),
    ),
    "override_of_an_unknown_client": Defect(
        "profile_overrides",
        override("C9999,A,2025-01-01,2025-06-01"),
        (
            "profile_overrides.csv (scorecard=relationship, client_id=C9999, "
            "valid_from=2025-01-01): stg_clients has no such client "
            f"(client_id is C9999); {LINE_ADVICE}",
        ),
    ),
    "overlapping_overrides": Defect(
        "profile_overrides",
        override("C0001,A,2025-01-01,2025-06-01", "C0001,B,2025-03-01,2025-09-01"),
        (
            "profile_overrides.csv (scorecard=relationship, client_id=C0001, "
            "valid_from=2025-01-01): two decisions for one client hold at once "
            f"(valid_to is 2025-06-01); {LINE_ADVICE}",
        ),
    ),
    "override_that_ends_before_it_begins": Defect(
        "profile_overrides",
        override("C0001,A,2025-06-01,2025-01-01"),
        (
            "profile_overrides.csv (scorecard=relationship, client_id=C0001, "
            "valid_from=2025-06-01): the decision ends before it begins "
            f"(valid_to is 2025-01-01); {LINE_ADVICE}",
        ),
    ),
    "override_on_a_day_that_does_not_exist": Defect(
        "profile_overrides",
        override("C0001,A,2025-02-30,2025-06-01"),
        (
            "profile_overrides.csv (scorecard=relationship, client_id=C0001, "
            "valid_from=2025-02-30): valid_from cannot be read as date "
            "(valid_from is 2025-02-30); write a date as YYYY-MM-DD",
        ),
    ),
    "no_ideal_profile": Defect(
        "profiles",
        replace("A · Ideal,true", "A · Ideal,false"),
        (
            "profiles.csv (scorecard=relationship): the scorecard needs exactly one "
            "ideal profile (is_ideal is 0); write true on one line",
        ),
    ),
    "two_ideal_profiles": Defect(
        "profiles",
        replace("B · Good,false", "B · Good,true"),
        (
            "profiles.csv (scorecard=relationship): the scorecard needs exactly one "
            "ideal profile (is_ideal is 2); write true on one line",
        ),
    ),
    "not_yet_eligible_missing": Defect(
        "profiles",
        drop("tier,not_yet_eligible"),
        (
            "profiles.csv (scorecard=tier): the line not_yet_eligible is missing; add it, "
            "without a rank: it names the clients that do not meet the requirements yet",
        ),
        # Its protocols have no profile any more.
        consequences=5,
    ),
    "profile_named_not_a_client": Defect(
        "profiles",
        append("tier,not_a_client,4,No client,false,#999999,They are elsewhere"),
        (
            "profiles.csv (scorecard=tier, profile=not_a_client): the name is taken: it "
            "stands for those who are not clients (profile is not_a_client); "
            "give the profile another name",
        ),
        # It has no protocols.
        consequences=5,
    ),
    "profile_named_left": Defect(
        "profiles",
        append("tier,left,4,Left,false,#999999,They are gone"),
        (
            "profiles.csv (scorecard=tier, profile=left): the name is taken: it stands "
            "for those who are not clients (profile is left); give the profile another name",
        ),
        consequences=5,
    ),
    "unknown_status": Defect(
        "scorecard_versions",
        replace("relationship,2,approved", "relationship,2,aproved"),
        (
            f"{VERSION_2}: status is not one of the known words (status is aproved); "
            "write approved or candidate",
        ),
        # Nothing follows version 1 any more.
        consequences=1,
    ),
    "sql_text_in_a_weight": Defect(
        "criterion_weights",
        replace("relationship,1,margin,0.20", "relationship,1,margin,1; drop table x"),
        (
            WITHOUT_SUM,
            f"{MARGIN_V1}: weight cannot be read as share (weight is 1; drop table x); "
            + SHARE_ADVICE,
        ),
    ),
    "quote_in_a_weight": Defect(
        "criterion_weights",
        replace("relationship,1,margin,0.20", "relationship,1,margin,0.2' or '1'='1"),
        (
            WITHOUT_SUM,
            f"{MARGIN_V1}: weight cannot be read as share (weight is 0.2' or '1'='1); "
            + SHARE_ADVICE,
        ),
    ),
    "quote_in_a_band": Defect(
        "score_bands",
        replace(
            "relationship,1,order_volume,low,",
            "relationship,1,order_volume,low'; drop table x; --,",
        ),
        (
            f"{BANDS_V1}band=low'; drop table x; --): band cannot be read as name "
            "(band is low'; drop table x; --); "
            "use letters, digits and underscores, a letter first",
        ),
    ),
    "quote_in_a_metric": Defect(
        "criteria",
        replace("margin,margin_rate", "margin,margin_rate' or 1=1 --"),
        (
            "criteria.csv (criterion=margin): metric cannot be read as column "
            "(metric is margin_rate' or 1=1 --); use at most fifty small letters, "
            "digits and underscores, a letter first",
        ),
        consequences=1,
    ),
    "quote_in_a_rule": Defect(
        "profile_rules",
        replace("relationship,1,2,b_by_score,", "relationship,1,2,b' then 'x,"),
        (
            f"{RULES_V1}rule=b' then 'x, subject=score, subject_name=(empty)): "
            "rule cannot be read as name (rule is b' then 'x); "
            "use letters, digits and underscores, a letter first",
        ),
    ),
    "trailing_space_in_a_key": Defect(
        "criterion_weights",
        replace("relationship,1,margin,", "relationship,1,margin ,"),
        (
            "criterion_weights.csv (scorecard=relationship, version=1, criterion=margin ): "
            "criterion cannot be read as column (criterion is margin ); use at most "
            "fifty small letters, digits and underscores, a letter first",
        ),
        consequences=7,
    ),
    "seed_without_lines": Defect(
        "criteria",
        keep_header,
        ("criteria.csv: the seed has no lines; restore criteria.csv",),
        consequences=27,
    ),
    "version_approved_by_nobody": Defect(
        "scorecard_versions",
        replace("0.6,Board of departments,2025-10-20", "0.6,,2025-10-20"),
        (f"{VERSION_2}: {APPROVAL}",),
    ),
    "candidate_approved_with_one_word": Defect(
        "scorecard_versions",
        replace("relationship,3,candidate", "relationship,3,approved"),
        (f"{VERSION_3}: {APPROVAL}",),
    ),
    "confirmation_in_no_period": unreadable_confirmation("0"),
    "confirmation_in_one_and_a_half_periods": unreadable_confirmation("1.5"),
    "confirmation_in_nothing": Defect(
        "scorecard_versions",
        confirm_in(""),
        (f"{VERSION_2}: confirmation_periods is empty; fill it in",),
    ),
    "candidate_weights_sum_to_0_99": Defect(
        "criterion_weights",
        replace("relationship,3,order_volume,0.12", "relationship,3,order_volume,0.11"),
        (
            "criterion_weights.csv (scorecard=relationship, version=3): the weights do "
            "not sum to exactly 1 (weight is 0.990000); " + SUM_ADVICE.format("0.010000"),
        ),
    ),
    "gap_between_bands_of_a_candidate": Defect(
        "score_bands",
        replace("relationship,3,order_volume,low,50,", "relationship,3,order_volume,low,60,"),
        (
            "score_bands.csv (scorecard=relationship, version=3, criterion=order_volume, "
            "band=minimal): there is a gap before band low "
            f"(lower_bound, upper_bound is (open) to 50.000000); {BANDS_ADVICE}",
        ),
    ),
    "override_without_an_end": Defect(
        "profile_overrides",
        override("C0001,A,2025-01-01,"),
        (
            "profile_overrides.csv (scorecard=relationship, client_id=C0001, "
            "valid_from=2025-01-01): valid_to is empty; fill it in",
        ),
    ),
    "restatement_that_begins_after_it_is_made": Defect(
        "restatements",
        restate("correction,2026-12-01,2026-11-01"),
        (
            "restatements.csv (restatement=correction): the restatement begins after the "
            "day on which it is made (restate_from is 2026-12-01); "
            "write the first month that is to be scored again",
        ),
    ),
    "two_restatements_with_the_same_dates": Defect(
        "restatements",
        restate("correction,2025-06-01,2026-11-01", "another,2025-06-01,2026-11-01"),
        (
            "restatements.csv (restate_from=2025-06-01, restated_on=2026-11-01): two "
            "restatements have the same dates (restatement is another and correction); "
            "keep one of them",
        ),
    ),
    "benefit_for_less_than_nobody": Defect(
        "benefits",
        replace("express_dock,tier,orbital,,40", "express_dock,tier,orbital,,-40"),
        (
            "benefits.csv (benefit=express_dock): capacity_per_period cannot be read as "
            "integer (capacity_per_period is -40); write a whole number, 0 or more",
        ),
    ),
    "benefit_for_an_unknown_profile": Defect(
        "benefits",
        replace("express_dock,tier,orbital", "express_dock,tier,B"),
        (
            "benefits.csv (benefit=express_dock): the scorecard has no such profile "
            f"(lowest_profile is B); {LOWEST_PROFILE_ADVICE}",
        ),
    ),
    "benefit_for_those_who_wait": Defect(
        "benefits",
        replace("express_dock,tier,orbital", "express_dock,tier,not_yet_eligible"),
        (
            "benefits.csv (benefit=express_dock): clients without a profile stand in no "
            f"queue (lowest_profile is not_yet_eligible); {LOWEST_PROFILE_ADVICE}",
        ),
    ),
    "benefit_for_a_score_that_nobody_has": Defect(
        "benefits",
        replace("growth_workshop,relationship,C,55", "growth_workshop,relationship,C,101"),
        (
            "benefits.csv (benefit=growth_workshop): minimum_score cannot be read as points "
            "(minimum_score is 101); write a number from 0 to 100 with a decimal point and "
            "at most two decimals",
        ),
    ),
    "profile_named_entered": Defect(
        "profiles",
        append("tier,entered,4,Entered,false,#999999,They came"),
        (
            "profiles.csv (scorecard=tier, profile=entered): the name is taken: it stands "
            "for those who come from anywhere (profile is entered); "
            "give the profile another name",
        ),
        consequences=5,
    ),
    "profile_without_a_protocol": Defect(
        "protocols",
        drop("relationship,C,finance,,"),
        (
            "protocols.csv (scorecard=relationship, profile=C, department=finance): the "
            "profile has no standing protocol for this department; "
            "add a line with an empty on_movement",
        ),
    ),
    "profile_with_two_protocols": Defect(
        "protocols",
        append("relationship,C,finance,,Invoice weekly,,,"),
        (
            "protocols.csv (scorecard=relationship, profile=C, department=finance, "
            "on_movement=(empty)): 2 lines have this key; keep one of them",
        ),
    ),
    "protocol_of_an_unknown_department": Defect(
        "protocols",
        replace(
            "relationship,C,finance,,Invoice monthly",
            "relationship,C,accounting,,Invoice monthly",
        ),
        (
            "protocols.csv (scorecard=relationship, profile=C, department=accounting, "
            "on_movement=(empty)): department is not one of the known words (department "
            "is accounting); write support or operations or finance or sales or "
            "customer_success",
            "protocols.csv (scorecard=relationship, profile=C, department=finance): the "
            "profile has no standing protocol for this department; "
            "add a line with an empty on_movement",
        ),
    ),
    "protocol_of_an_unknown_profile": Defect(
        "protocols",
        append("tier,core,sales,entered,Call,,,"),
        (
            "protocols.csv (scorecard=tier, profile=core, department=sales, "
            "on_movement=entered): there is no such line in profiles (scorecard, profile is "
            "scorecard=tier, profile=core); "
            "correct the name, or add the line to profiles.csv",
        ),
    ),
    "protocol_for_a_movement_from_nowhere": Defect(
        "protocols",
        append("tier,orbital,sales,A,Call,,,"),
        (
            "protocols.csv (scorecard=tier, profile=orbital, department=sales, "
            "on_movement=A): on_movement is neither entered, left nor a profile of the "
            f"scorecard (on_movement is A); {MOVEMENT_ADVICE}",
        ),
    ),
    "protocol_for_a_movement_to_the_same_profile": Defect(
        "protocols",
        append("tier,orbital,sales,orbital,Call,,,"),
        (
            "protocols.csv (scorecard=tier, profile=orbital, department=sales, "
            "on_movement=orbital): no client moves from a profile to the same one "
            f"(on_movement is orbital); {MOVEMENT_ADVICE}",
        ),
    ),
    "protocol_with_a_cadence_of_no_days": Defect(
        "protocols",
        replace("Carry out the growth plan together,30,", "Carry out the growth plan together,0,"),
        (
            "protocols.csv (scorecard=relationship, profile=A, department=customer_success, "
            "on_movement=(empty)): cadence_days cannot be read as positive_integer "
            "(cadence_days is 0); write a whole number, 1 or more",
        ),
    ),
    "benefit_of_an_unknown_scorecard": Defect(
        "benefits",
        replace("express_dock,tier,orbital,,40", "express_dock,tiers,,,40"),
        (
            "benefits.csv (benefit=express_dock): there is no such line in scorecards "
            "(scorecard is scorecard=tiers); "
            "correct the name, or add the line to scorecards.csv",
        ),
    ),
}

# What a whole build is run with, and repaired: a defect within the rules, one
# between rules and sources, and one of rules that decide nothing yet. The rest leave
# out what the sources alone decide.
WHOLE_BUILDS = ["weights_sum_to_0_99", "unknown_metric", "candidate_weights_sum_to_0_99"]


# What dbt is run with, one of every seed and of what its loading may treat in a way
# of its own. The others differ only in what the models find.
STOPPED = [
    "weight_with_too_many_decimals",
    "sql_text_in_a_weight",
    "quote_in_a_band",
    "gap_between_bands",
    "duplicate_key",
    "seed_without_lines",
    "no_catch_all",
    "version_approved_by_nobody",
    "gap_between_bands_of_a_candidate",
    "overlapping_overrides",
    "two_restatements_with_the_same_dates",
    "benefit_for_less_than_nobody",
    "profile_without_a_protocol",
    "confirmation_in_one_and_a_half_periods",
]


@dataclass
class Checks:
    """The models that find defects in the rules, in memory."""

    models: JinjaModels
    seeds: dict[str, str]
    clients: list[dict[str, str]]

    def report(self, seeds: dict[str, str]) -> str:
        """Give what is reported for these texts of the seeds."""
        self.models.look_from(
            date.fromisoformat(AS_OF), {name: as_table(text) for name, text in seeds.items()}
        )
        self.models.give("stg_clients", {"client_id": "text"}, self.clients)
        self.models.run("rule_problems")
        try:
            self.models.call("raise_rule_problems")
        except ValueError as error:
            return f"{error}\n"
        return ""


def as_table(text: str) -> Table:
    """Read a CSV file as dbt does: every cell as it is written."""
    header, *lines = csv.reader(text.splitlines())
    return header, [dict(zip(header, line)) for line in lines]


@dataclass
class Workshop:
    """One copy of the demo that all tests here spoil, each from the same state.

    One copy, because dbt then parses only the files that changed.
    """

    project: DemoProject
    originals: Path
    good: Dump

    def put_back(self, *, warehouse: bool) -> None:
        """Restore the rules and the model files, and maybe the warehouse."""
        for part in ("seeds/scorecards", "models"):
            shutil.copytree(
                self.originals / part, self.project.folder / part, dirs_exist_ok=True
            )
        if warehouse:
            copy_warehouse(self.originals / "build.duckdb", self.project.build_file)

    def dump(self) -> Dump:
        """Dump what a defect must leave alone."""
        return self.project.dump(*UNTOUCHED)

    def assert_untouched(self) -> None:
        """Check that it is as the good build has left it."""
        good = checksum_duckdb(self.originals / "build.duckdb", *UNTOUCHED)
        if checksum_duckdb(self.project.build_file, *UNTOUCHED) != good:
            assert_same(self.good, self.dump())
            pytest.fail("the tables differ in what their text does not show")


@pytest.fixture(scope="module")
def _workshop(
    built_demo: DemoProject, tmp_path_factory: pytest.TempPathFactory  # noqa: F811
) -> Workshop:
    folder = tmp_path_factory.mktemp("rule_defects")
    project = built_demo.copy_to(folder / "project")
    originals = folder / "originals"
    for part in ("seeds/scorecards", "models"):
        shutil.copytree(project.folder / part, originals / part)
    copy_warehouse(project.build_file, originals / "build.duckdb")
    return Workshop(project, originals, project.dump(*UNTOUCHED))


@pytest.fixture
def workshop(_workshop: Workshop) -> Workshop:
    """Give the copy as the good build has left it."""
    _workshop.put_back(warehouse=True)
    return _workshop


def spoil(workshop: Workshop, defect: Defect) -> None:
    """Put the defect into the copy."""
    workshop.project.edit_rules(defect.seed, defect.edit)


def problems_in(output: str) -> list[str]:
    """Give the problems that a run has listed, without repetitions."""
    # What is listed stands between these, one line each.
    listed = re.findall(
        r"\d+ problem\(s\) in the rule seeds; nothing was scored\.\n(.*?)"
        r"\n\s*Correct the seeds and run again: make run, or dbt build\n",
        output,
        re.DOTALL,
    )
    return sorted({line.strip() for block in listed for line in block.splitlines()})


def assert_reported(defect: Defect, output: str) -> None:
    """Check that the run says all of the defect, and nothing beside it."""
    problems = problems_in(output)
    missing = sorted(set(defect.problems) - set(problems))
    assert not missing, "\n".join(["not reported:", *missing, "but:", *problems])
    assert len(problems) == len(defect.problems) + defect.consequences, "\n".join(problems)


@pytest.fixture(scope="module")
def checks(built_demo: DemoProject) -> Checks:  # noqa: F811
    """Give the models that find defects, over the clients and metrics of the demo."""
    models = JinjaModels(sound_rules=False)
    models.describe_seeds(ROOT / "seeds/scorecards/_scorecards__seeds.yml")
    models.load_query(
        built_demo.build_file, "select * from build.client_profiles_intermediate.int_client_metrics"
    )
    seeds = {
        path.stem: path.read_text(encoding="utf-8")
        for path in (ROOT / "seeds/scorecards").glob("*.csv")
    }
    clients = built_demo.query("select client_id from client_profiles_staging.stg_clients")
    return Checks(models, seeds, [{"client_id": client} for [client] in clients])


def test_the_shipped_rules_have_no_defect(checks: Checks) -> None:
    """Or all of these would be reported for another reason."""
    assert checks.report(checks.seeds) == ""


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_reported(checks: Checks, name: str) -> None:
    """All of it, and nothing beside it."""
    defect = DEFECTS[name]
    spoiled = {defect.seed: defect.edit(checks.seeds[defect.seed])}

    report = checks.report({**checks.seeds, **spoiled})

    assert_reported(defect, report)


def test_defects_of_every_seed_stop_the_build() -> None:
    spoiled = {DEFECTS[name].seed for name in STOPPED}
    assert spoiled == {defect.seed for defect in DEFECTS.values()}


@pytest.mark.parametrize("name", STOPPED)
def test_a_defect_stops_the_build(workshop: Workshop, name: str) -> None:
    """The message is complete, and nothing downstream is touched."""
    spoil(workshop, DEFECTS[name])

    result = workshop.project.dbt("build", *WITHOUT_SOURCES)

    assert result.exit_code == 1, result.output
    assert_reported(DEFECTS[name], result.output)
    workshop.assert_untouched()


@pytest.mark.parametrize("name", WHOLE_BUILDS)
def test_a_repaired_seed_builds_again(workshop: Workshop, name: str) -> None:
    """A plain `dbt build` stops too; after the repair all is as it was."""
    spoil(workshop, DEFECTS[name])

    broken = workshop.project.dbt("build")
    assert broken.exit_code == 1, broken.output
    assert_reported(DEFECTS[name], broken.output)
    assert_same(workshop.good, workshop.dump())

    workshop.put_back(warehouse=False)
    workshop.project.succeed("build")
    assert_same(workshop.good, workshop.dump())


@pytest.mark.parametrize("name", ["weights_sum_to_0_99", "no_catch_all"])
def test_a_run_without_tests_refuses_to_score(workshop: Workshop, name: str) -> None:
    """`dbt seed` and `dbt run` go by the tests, but not by the check."""
    spoil(workshop, DEFECTS[name])
    workshop.project.succeed("seed", "--select", "path:seeds/scorecards")

    result = workshop.project.dbt("run", *WITHOUT_SOURCES)

    assert result.exit_code == 1, result.output
    assert_reported(DEFECTS[name], result.output)
    workshop.assert_untouched()


def test_a_metric_must_be_an_exact_number(workshop: Workshop) -> None:
    """A float's last digits differ between runs, so no rule may look at one."""
    edit_file(
        workshop.project.folder / "models/metrics/int_client_metrics.sql",
        replace(
            "billing_metrics.margin_rate,",
            "cast(billing_metrics.margin_rate as double) as margin_rate,",
        ),
    )

    result = workshop.project.dbt("build")

    assert result.exit_code == 1, result.output
    known = METRICS.replace("margin_rate, ", "")
    problems = problems_in(result.output)
    expected = (
        "criteria.csv (criterion=margin): int_client_metrics has no exact number of "
        "this name (metric is margin_rate); " + METRIC_ADVICE.format(known)
    )
    assert expected in problems, "\n".join(problems)
    # Also the three rules of scorecard tier that look at it.
    assert len(problems) == 4, "\n".join(problems)
    workshop.assert_untouched()


# --- rules that have scored ----------------------------------------------------


def lower_the_weight_of_volume(project: DemoProject) -> None:
    """Change weights of version 1, approved and in force for twelve months."""
    project.edit_rules(
        "criterion_weights",
        replace("relationship,1,order_volume,0.25", "relationship,1,order_volume,0.20"),
        replace("relationship,1,margin,0.20", "relationship,1,margin,0.25"),
    )


def test_rules_that_have_scored_stay_as_they_are(workshop: Workshop) -> None:
    """An edited version is refused, with what it has scored and what to do."""
    lower_the_weight_of_volume(workshop.project)

    output = workshop.project.fail("build", *WITHOUT_SOURCES)

    for part in (
        "int_profile_candidates",
        "holds scores of rules that are no longer in the seeds",
        "scorecard relationship, version 1, periods 2024-11-01 to 2025-10-01",
        "put them back and add a new version to scorecard_versions.csv",
        "make restate FROM=2024-11-01 BY='…' APPROVED_BY='…' WHY='…'",
        "a line in restatements.csv and dbt build --vars '{restate_from: 2024-11-01}'",
    ):
        assert part in output, output
    workshop.assert_untouched()

    workshop.put_back(warehouse=False)
    workshop.project.succeed("build", *WITHOUT_SOURCES)
    workshop.assert_untouched()


def test_restating_takes_an_edited_version_in(workshop: Workshop) -> None:
    """On purpose, and with the command of the message, history is restated."""
    lower_the_weight_of_volume(workshop.project)
    restate_from = workshop.project.record_restatement("2024-11-01")

    workshop.project.succeed("build", *WITHOUT_SOURCES, *restate_from)

    restated = workshop.dump()
    assert scores(workshop.good, "1") != scores(restated, "1"), "no score has changed"
    assert scores(workshop.good, "2") == scores(restated, "2"), "other versions changed"
    # The next build finds nothing that is left over.
    workshop.project.succeed("build", *WITHOUT_SOURCES)
    assert workshop.dump()[PROFILES] == restated[PROFILES]


def scores(dump: Dump, version: str) -> list[dict]:
    """Give the rows of a version, but for how long the rules have said the same."""
    return [
        {**row, "computed_periods": None} for row in rows_of(dump, PROFILES)
        if (row["scorecard"], row["version"]) == ("relationship", version)
    ]


def test_ending_a_version_later_is_no_edit(workshop: Workshop) -> None:
    """A version in force may get its end when the next one comes: nothing is restated."""
    decided = (PROFILES, CRITERIA, MOVEMENTS, CURRENT, SNAPSHOT, METRIC_HISTORY, ASSIGNMENTS)
    workshop.project.edit_rules(
        "scorecard_versions",
        replace("2025-11-01,,1,3,0.6", "2025-11-01,2026-12-01,1,3,0.6"),
    )
    workshop.project.approve_candidate("2026-12-01")

    workshop.project.succeed("build", *WITHOUT_SOURCES)

    after = workshop.dump()
    assert_same(
        {name: workshop.good[name] for name in decided}, {name: after[name] for name in decided}
    )


# --- restatements and variables --------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="no_line"),
        pytest.param(["correction,2025-06-01,2026-10-31"], id="line_for_another_day"),
        pytest.param(["correction,2025-07-01,2026-11-01"], id="line_for_another_month"),
    ],
)
def test_a_restatement_that_is_not_on_record_is_refused(
    workshop: Workshop, lines: list[str]
) -> None:
    """The message says which line is missing, and closed periods stay closed."""
    workshop.project.edit_rules("restatements", restate(*lines))

    output = workshop.project.fail(
        "build", *WITHOUT_SOURCES, "--vars", "{restate_from: 2025-06-01}"
    )

    for part in (
        "restate_from is 2025-06-01, but restatements.csv has no line with "
        f"restate_from=2025-06-01 and restated_on={AS_OF} (the as-of date of this run).",
        "Add the line, or let make do it: "
        "make restate FROM=2025-06-01 BY='…' APPROVED_BY='…' WHY='…'",
    ):
        assert part in output, output
    workshop.assert_untouched()


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        (
            "revenue_metric: turnover",
            "var 'revenue_metric' is 'turnover'; it must be an exact number of "
            f"int_client_metrics: {METRICS}",
        ),
        (
            "override_notice_days: x",
            "var 'override_notice_days' is 'x'; it must be a whole number, 0 or more",
        ),
    ],
)
def test_a_variable_that_says_nothing_is_refused(
    workshop: Workshop, variable: str, message: str
) -> None:
    """The message names it and what it may be."""
    result = workshop.project.dbt("build", *WITHOUT_SOURCES, "--vars", f"{{{variable}}}")

    assert result.exit_code != 0, result.output
    assert message in " ".join(result.output.split()), result.output
    workshop.assert_untouched()
