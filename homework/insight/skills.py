"""What students have to be able to do in a step, by its rule, as a teacher calls it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Skill:
    """Something to be practised, and the rules of the rule engine that ask for it."""

    code: str
    name: str | Promise
    rules: tuple[str, ...]


SKILLS = (
    Skill(
        "negatives",
        _("Subtracting a negative"),
        ("drop_sign_brackets", "double_negative", "remove_brackets", "factor_out_sign"),
    ),
    Skill(
        "common_denominator",
        _("Common denominator"),
        ("common_denominator", "add_fractions", "write_as_fractions"),
    ),
    Skill(
        "fraction_product",
        _("Multiplying and dividing fractions"),
        ("multiply_fractions", "multiply_by_reciprocal", "bar_as_division", "divide_as_fraction"),
    ),
    Skill(
        "reducing",
        _("Reducing a fraction"),
        ("reduce_fraction", "cancel_common_factor", "lowest_terms", "zero_numerator"),
    ),
    Skill(
        "columns",
        _("Calculating in columns"),
        (
            "partial_product",
            "add_partial_products",
            "multiply_digit_by_digit",
            "add_in_columns",
            "subtract_in_columns",
            "division_turn",
            "last_division_turn",
            "rest_as_fraction",
        ),
    ),
    Skill(
        "ratios",
        _("Ratios and proportions"),
        ("multiply_ratio", "divide_ratio", "means_and_extremes"),
    ),
    Skill("mixed_numbers", _("Mixed numbers"), ("mixed_to_improper", "improper_to_mixed")),
    Skill(
        "percent",
        _("Percent as a number"),
        (
            "percent_as_decimal",
            "percent_as_fraction",
            "decimals_as_fractions",
            "change_over_old",
            "decrease_over_old",
            "part_over_whole",
            "more_by_percent",
            "less_by_percent",
            "write_as_percent",
        ),
    ),
    Skill(
        "order_of_operations",
        _("Order of operations"),
        (
            "multiply_and_divide_first",
            "work_out_brackets",
            "add_and_subtract",
            "work_out_part",
            "evaluate_powers_first",
            "evaluate_roots_first",
            "absolute_value_first",
            "evaluate_factorial_first",
        ),
    ),
    Skill(
        "moving_terms",
        _("Moving a term to the other side"),
        (
            "subtract_from_both_sides",
            "add_to_both_sides",
            "subtract_from_all_parts",
            "add_to_all_parts",
            "bring_to_one_side",
            "swap_sides",
        ),
    ),
    Skill(
        "dividing_sides",
        _("Dividing both sides"),
        (
            "divide_both_sides",
            "divide_both_sides_unless_zero",
            "multiply_both_sides",
            "divide_all_parts",
        ),
    ),
    Skill(
        "reversing",
        _("Reversing the inequality sign"),
        (
            "divide_both_sides_and_reverse",
            "multiply_both_sides_and_reverse",
            "divide_all_parts_and_reverse",
        ),
    ),
    Skill(
        "clearing_denominators",
        _("Clearing denominators"),
        (
            "multiply_both_sides_by_denominator",
            "multiply_by_unknown_denominator",
            "multiply_by_unknown_denominator_guarded",
        ),
    ),
    Skill(
        "expanding",
        _("Expanding brackets"),
        (
            "expand_brackets",
            "distribute",
            "multiply_sums",
            "square_of_sum",
            "square_of_difference",
            "product_of_sum_and_difference",
            "binomial_theorem",
        ),
    ),
    Skill(
        "like_terms",
        _("Collecting like terms"),
        ("collect_like_terms", "simplify_both_sides", "collect_like_roots", "order_terms"),
    ),
    Skill(
        "factoring",
        _("Factoring"),
        (
            "factor_out_common",
            "difference_of_squares",
            "sum_of_cubes",
            "difference_of_cubes",
            "perfect_square_sum",
            "perfect_square_difference",
            "factor_trinomial",
            "split_middle_term",
            "group_terms",
            "factor_out_bracket",
            "factor_by_root",
        ),
    ),
    Skill(
        "zero_product",
        _("A product that is zero"),
        ("zero_product", "solve_each_factor", "solve_factor", "solve_each", "two_cases"),
    ),
    Skill(
        "quadratic_formula",
        _("Quadratic formula"),
        ("quadratic_formula", "evaluate_discriminant", "negative_discriminant", "two_solutions"),
    ),
    Skill(
        "square_roots",
        _("Square roots"),
        (
            "take_square_roots",
            "simplify_root",
            "simplify_roots",
            "evaluate_roots",
            "rationalise",
            "multiply_roots",
            "join_roots",
            "split_off_squares",
            "draw_root",
            "draw_root_with_bars",
            "square_both_sides",
            "square_both_sides_guarded",
            "square_roots_of_both_sides",
        ),
    ),
    Skill(
        "powers",
        _("Powers and exponents"),
        (
            "evaluate_powers",
            "negative_exponent",
            "fractional_exponent",
            "multiply_monomials",
            "write_as_powers",
            "write_without_powers",
            "power_of_power",
            "power_of_product",
            "power_of_quotient",
            "add_exponents",
            "subtract_exponents",
            "collect_exponents",
            "zero_exponent",
            "negative_exponents_below",
            "powers_of_ten_apart",
            "point_to_the_left",
            "point_to_the_right",
        ),
    ),
    Skill(
        "exponential_equations",
        _("The unknown in an exponent"),
        (
            "common_base",
            "common_base_left",
            "equal_exponents",
            "in_one_power",
            "multiply_by_power",
            "drop_negative_powers",
            "power_never_negative",
            "take_logarithms",
        ),
    ),
    Skill(
        "logarithms",
        _("Logarithms"),
        (
            "definition_of_logarithm",
            "power_of_base",
            "base_to_the_power",
            "logarithm_of_power",
            "change_base",
            "join_logarithms_guarded",
            "equal_logarithms",
            "logarithms_in_vain",
        ),
    ),
    Skill(
        "trigonometric_equations",
        _("Angles with a given sine, cosine or tangent"),
        (
            "angles_of_sine",
            "angles_of_cosine",
            "angles_of_tangent",
            "angles_of_each",
            "solve_for_angle",
            "angles_in_range",
            "drop_beyond_one",
            "beyond_one",
            "pythagorean_identity",
            "divide_by_cosine",
            "double_angle",
        ),
    ),
    Skill(
        "substituting",
        _("Substituting"),
        ("isolate", "substitute", "substitute_back", "put_values_into_equation", "value_for_each"),
    ),
    Skill(
        "eliminating",
        _("Adding and subtracting equations"),
        (
            "multiply_equation",
            "add_equations",
            "subtract_equations",
            "standard_form",
            "subtract_equation_from",
            "subtract_equation_from_once",
            "subtract_equation_from_multiplied",
            "add_equation_to",
            "add_equation_to_once",
            "add_equation_to_multiplied",
        ),
    ),
    Skill(
        "derivative_rules",
        _("Rules for derivatives"),
        ("sum_rule_derivative", "power_rule", "derivative_rules", "power_rule_and_constant"),
    ),
    Skill(
        "chain_rule",
        _("Product, quotient and chain rule"),
        (
            "product_rule",
            "quotient_rule",
            "chain_rule_power",
            "chain_rule_root",
            "chain_rule_sin",
            "chain_rule_cos",
            "chain_rule_tan",
            "chain_rule_exp",
            "chain_rule_ln",
            "inner_derivatives",
        ),
    ),
    Skill(
        "integral_rules",
        _("Rules for integrals"),
        (
            "sum_rule_integral",
            "power_rule_integral",
            "integral_rules",
            "find_antiderivative",
            "substitute_inner",
            "integrate_outer",
            "integrate_outer_between",
            "by_parts",
            "integrate_what_is_left",
            "integrate_what_is_left_between",
        ),
    ),
    Skill(
        "averages",
        _("Mean, median and spread"),
        (
            "mean_as_quotient",
            "mean_of_data",
            "put_in_order",
            "middle_value",
            "middle_two_values",
            "most_frequent_value",
            "most_frequent_values",
            "largest_minus_smallest",
            "squares_by_count",
            "squares_by_count_less_one",
            "squares_by_count_under_root",
            "squares_by_count_less_one_under_root",
        ),
    ),
    Skill(
        "counting",
        _("Counting possibilities"),
        ("arrange_all", "arrange_some", "choose_the_rest", "choose_one", "choose_some"),
    ),
    Skill(
        "coordinates",
        _("Points and lines"),
        (
            "slope_formula",
            "distance_formula",
            "midpoint_formula",
            "slope_of_line",
            "point_slope_form",
        ),
    ),
    Skill(
        "functions",
        _("Values and inverses of functions"),
        ("put_in_argument", "put_in_place", "call_value_y", "swap_letters"),
    ),
    Skill(
        "domains",
        _("Where a function is defined"),
        (
            "denominators_not_zero",
            "roots_not_negative",
            "demands_of_parts",
            "solve_unequal",
            "all_demands_together",
        ),
    ),
    Skill(
        "interest",
        _("Simple and compound interest"),
        ("simple_interest", "compound_interest", "compound_amount"),
    ),
    Skill("units", _("Converting units"), ("times_units", "by_units")),
    Skill("chances", _("Probability"), ("favourable_over_all",)),
    Skill(
        "limits",
        _("Limits"),
        (
            "zero_over_zero_factor",
            "multiply_by_conjugate",
            "hospital",
            "sides_disagree",
            "grows_beyond_bounds",
            "divide_by_highest_power",
            "small_terms_vanish",
            "highest_power_decides",
        ),
    ),
    Skill(
        "extrema",
        _("Maxima, minima and tangents"),
        (
            "differentiate_for_extrema",
            "derivative_is_zero",
            "second_derivative_at",
            "value_of_maximum",
            "value_of_minimum",
            "derivative_is_slope",
        ),
    ),
    Skill(
        "matrices",
        _("Matrices and determinants"),
        (
            "determinant_two",
            "determinant_three",
            "inverse_two",
            "inverse_three",
            "multiply_cells",
        ),
    ),
    Skill(
        "graphs",
        _("Vertex and intercepts"),
        ("vertex_place", "height_is_zero", "add_and_subtract_square"),
    ),
    Skill(
        "bounds",
        _("Putting in the bounds"),
        ("put_in_bounds", "put_in_upper_bound", "known_values_at_bounds", "upper_minus_lower"),
    ),
)

SKILL_OF_RULE = {rule: skill.code for skill in SKILLS for rule in skill.rules}
SKILL_NAMES = {skill.code: skill.name for skill in SKILLS}
