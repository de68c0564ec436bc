"""Why a step is allowed and what it is good for: one reason for each family of rules.

`explain` says what is done; a student who asks "why?" is told this. No sentence holds a value, so
it may be said of a step whose numbers are still hidden. A new topic adds its rules here.
"""

from __future__ import annotations

from collections.abc import Mapping

from inference.rules import why_en, why_zh
from inference.types import Language

_SENTENCES: Mapping[Language, Mapping[str, str]] = {
    "en": why_en.SENTENCES,
    "zh": why_zh.SENTENCES,
}

FAMILIES: Mapping[str, str] = {
    "balance_sum": "subtract_from_both_sides add_to_both_sides",
    "balance_product": "divide_both_sides multiply_both_sides",
    "balance_reverse": "divide_both_sides_and_reverse multiply_both_sides_and_reverse"
    " divide_all_parts_and_reverse",
    "clear_denominators": "multiply_both_sides_by_denominator multiply_by_unknown_denominator"
    " multiply_by_unknown_denominator_guarded",
    "extraneous": "denominator_would_be_zero",
    "parts": "subtract_from_all_parts add_to_all_parts divide_all_parts",
    "swap": "swap_sides swap_sides_of_equation order_parts",
    "one_kind": "write_as_fractions decimals_as_fractions",
    "percent": "percent_as_decimal percent_as_fraction",
    "expand": "expand_brackets distribute multiply_sums",
    "minus_bracket": "remove_brackets",
    "binomial": "square_of_sum square_of_difference product_of_sum_and_difference"
    " binomial_theorem write_as_product",
    "simplify": "simplify_both_sides simplify_terms tidy_up work_item work_out_part",
    "like_terms": "collect_powers collect_like_terms collect_like_roots",
    "order_terms": "order_terms",
    "always": "always_true system_always_true",
    "never": "never_true system_never_true one_is_never_true",
    "square_roots": "take_square_roots",
    "zero_power": "take_root_of_zero",
    "negative_square": "negative_square negative_root negative_absolute_value"
    " absolute_value_never_negative",
    "no_factor": "no_factor_is_zero",
    "root": "simplify_root simplify_roots simplify_roots_first evaluate_roots"
    " evaluate_roots_first multiply_roots",
    "cases": "two_cases two_solutions solve_each solve_factor solve_each_factor"
    " solve_each_factor_but_one",
    "zero_product": "zero_product",
    "quadratic_formula": "quadratic_formula quadratic_formula_unless_zero evaluate_discriminant"
    " simplify_solutions",
    "discriminant": "negative_discriminant always_positive",
    "complete_square": "add_square_of_half",
    "square_both_sides": "square_both_sides raise_both_sides",
    "guarded_power": "square_both_sides_guarded raise_both_sides_guarded square_equal_roots"
    " isolate_root",
    "in_vain": "squaring_in_vain squaring_gives_nothing squaring_leads_to_negative_root"
    " cases_in_vain cases_gives_nothing",
    "condition": "condition_holds condition_drops own_condition_holds own_condition_drops"
    " drop_impossible_cases",
    "bars": "cases_of_absolute_value_guarded equal_absolute_values bars_change_nothing"
    " bars_turn_the_sign pieces_of_absolute_values",
    "absolute_cases": "cases_of_absolute_value",
    "absolute_zero": "zero_absolute_value",
    "absolute": "absolute_value absolute_value_first",
    "common_factor": "factor_out_common factor_out_sign factor_out_bracket group_terms",
    "identity": "difference_of_squares sum_of_cubes difference_of_cubes perfect_square_sum"
    " perfect_square_difference",
    "trinomial": "factor_trinomial",
    "split_middle": "split_middle_term",
    "root_is_factor": "factor_by_root",
    "substitute": "isolate substitute substitute_back",
    "eliminate": "multiply_equation add_equations subtract_equations standard_form",
    "pair": "state_solution",
    "monomials": "multiply_monomials",
    "each_term": "divide_each_term divide_each_term_by_denominator",
    "order_of_operations": "multiply_and_divide_first work_out_brackets evaluate_powers_first"
    " evaluate_factorial_first",
    "left_to_right": "add_and_subtract multiply divide add subtract",
    "power": "evaluate_powers",
    "factorial": "evaluate_factorial",
    "signs": "double_negative drop_sign_brackets",
    "common_denominator": "common_denominator",
    "add_fractions": "add_fractions",
    "multiply_fractions": "multiply_fractions",
    "reciprocal": "multiply_by_reciprocal",
    "cancel": "reduce_fraction cancel_common_factor cancel_near_place lowest_terms",
    "zero_numerator": "zero_numerator",
    "fraction_bar": "bar_as_division divide_as_fraction sign_in_front fraction_as_decimal",
    "rationalise": "rationalise rationalise_sum",
    "exponent": "negative_exponent fractional_exponent write_as_powers write_without_powers",
    "mixed": "mixed_to_improper improper_to_mixed",
    "zero": "drop_zero",
    "sum_rule": "sum_rule_derivative sum_rule_integral derivative_rules integral_rules"
    " inner_derivatives",
    "power_rule": "power_rule power_rule_and_constant",
    "constant": "derivative_of_constant integral_of_constant",
    "table_derivative": "derivative_of_sin derivative_of_cos derivative_of_exp derivative_of_ln",
    "power_rule_integral": "power_rule_integral",
    "table_integral": "integral_of_inverse integral_of_sin integral_of_cos integral_of_exp"
    " find_antiderivative",
    "chain": "chain_rule_power chain_rule_root chain_rule_sin chain_rule_cos chain_rule_tan"
    " chain_rule_exp chain_rule_ln derivative_of_sin_of_linear derivative_of_cos_of_linear"
    " derivative_of_exp_of_linear derivative_of_ln_of_linear",
    "chain_integral": "integral_of_sin_of_linear integral_of_cos_of_linear"
    " integral_of_exp_of_linear",
    "product_rule": "product_rule quotient_rule",
    "bounds": "put_in_upper_bound put_in_bounds",
    "compare": "sides_are_equal sides_differ result_is_wrong comparison_holds comparison_fails",
    "nothing_to_do": "no_like_terms already_simple no_factors",
    "one_side": "bring_to_one_side",
    "sign_chart": "zero_at_one signs_around_zeros sign_chart sign_chart_with_poles positive_on"
    " negative_on",
    "steady_factors": "always_positive_factors always_negative_factors",
    "true_parts": "one_is_always_true drop_true_parts",
    "and_or": "what_satisfies_one what_satisfies_all",
    "distances": "distance_at_most distance_below distance_above distance_at_least"
    " between_opposites beyond_opposites absolute_value_zero_at",
    "laws_of_exponents": "power_of_power power_of_product power_of_quotient add_exponents"
    " subtract_exponents collect_exponents work_out_exponents",
    "zero_exponent": "zero_exponent negative_exponents_below",
    "laws_of_roots": "join_roots split_off_squares draw_root root_times_itself",
    "root_of_square": "draw_root_with_bars",
    "columns": "partial_product add_partial_products multiply_digit_by_digit add_in_columns"
    " subtract_in_columns read_off_columns",
    "written_division": "division_turn last_division_turn division_in_columns rest_as_fraction",
    "scientific": "powers_of_ten_apart work_out_each point_to_the_left point_to_the_right"
    " power_of_ten_zero",
    "ratio": "multiply_ratio divide_ratio ratio_is_simplest",
    "proportion": "means_and_extremes",
    "equal_exponents": "equal_exponents",
    "one_base": "common_base common_base_left in_one_power",
    "powers_positive": "power_never_negative drop_negative_powers powers_differ_by_factor",
    "multiply_by_power": "multiply_by_power",
    "logarithm": "definition_of_logarithm power_of_base value_of_power base_to_the_power",
    "take_logarithms": "take_logarithms",
    "laws_of_logarithms": "logarithm_of_power join_logarithms join_logarithms_guarded"
    " change_base move_logarithms number_as_logarithm",
    "equal_logarithms": "equal_logarithms equal_logarithms_guarded",
    "logarithms_in_vain": "logarithms_in_vain logarithms_gives_nothing",
    "bounded_functions": "beyond_one drop_beyond_one",
    "all_angles": "angles_of_sine angles_of_cosine angles_of_tangent angles_of_each",
    "turns": "solve_for_angle",
    "angles_in_range": "angles_in_range no_angle_in_range",
    "pythagoras": "pythagorean_identity",
    "divide_by_cosine": "divide_by_cosine",
    "double_angle": "double_angle",
    "primes": "divide_by_two divide_by_two_often divide_by_three divide_by_three_often"
    " divide_by_five divide_by_five_often divide_by_prime divide_by_prime_often is_prime_itself"
    " one_has_no_primes factor_into_primes",
    "shared_primes": "common_primes_lowest no_common_prime",
    "all_primes": "all_primes_highest",
    "bound_of_divisors": "smallest_divides_all",
    "bound_of_multiples": "largest_is_multiple",
    "euclid": "euclid euclid_one_down euclid_ends",
    "lcm_by_gcd": "lcm_by_gcd",
    "pairs_of_factors": "products_that_give list_divisors",
    "common_divisors": "common_divisors_divide_gcd",
    "balance_unless_zero": "divide_both_sides_unless_zero",
    "collect_unknown": "collect_unknown",
    "denominators_of_formula": "denominators_of_formula",
    "unknown_out": "factor_out_unknown",
    "even_roots": "square_roots_of_both_sides roots_of_both_sides",
    "root_undoes": "cube_root_of_both_sides root_of_both_sides",
    "mean": "mean_as_quotient mean_of_data",
    "median": "put_in_order middle_value middle_two_values",
    "mode": "most_frequent_value most_frequent_values all_equally_often",
    "range": "largest_minus_smallest",
    "spread": "squares_by_count squares_by_count_less_one squares_by_count_under_root"
    " squares_by_count_less_one_under_root",
    "orders": "arrange_all arrange_some",
    "choices": "choose_the_rest choose_one choose_some only_one_way",
    "slope": "slope_formula slope_of_line",
    "distance": "distance_formula",
    "midpoint": "midpoint_formula",
    "values": "put_in_argument put_in_place",
    "inverse": "call_value_y swap_letters",
    "domain": "defined_everywhere denominators_not_zero roots_not_negative demands_of_parts"
    " factor_what_is_below solve_unequal all_demands_together",
    "vertex": "vertex_place state_vertex factor_out_of_two_terms add_and_subtract_square"
    " vertex_form read_vertex",
    "intercepts": "height_is_zero state_intercepts",
    "line": "point_slope_form horizontal_equation vertical_equation",
    "tangent": "derivative_is_slope",
    "share": "change_over_old decrease_over_old part_over_whole write_as_percent more_by_percent"
    " less_by_percent",
    "other_form": "divide_to_decimal percent_over_hundred whole_numbers_by_tens"
    " decimal_over_power_of_ten reduce_by percent_moves_point",
    "point_moves": "point_right_for_power point_left_for_power",
    "shares": "count_parts one_part parts_times_one work_out_each_share",
    "interest": "simple_interest",
    "compound": "compound_amount compound_interest",
    "units": "times_units by_units",
    "chance": "favourable_over_all",
    "known_values": "known_values known_values_at_bounds difference_of_logarithms",
    "limit_factor": "zero_over_zero_factor",
    "limit_conjugate": "multiply_by_conjugate difference_of_squares_under_limit",
    "hospital": "hospital",
    "infinite": "sides_disagree grows_beyond_bounds numerator_grows_faster",
    "far_out": "divide_by_highest_power small_terms_vanish highest_power_decides",
    "extrema": "differentiate_for_extrema derivative_is_zero derivative_never_zero state_extrema",
    "second_derivative": "second_derivative second_derivative_at value_of_maximum value_of_minimum",
    "substitution": "substitute_inner integrate_outer integrate_outer_between",
    "by_parts": "by_parts integrate_what_is_left integrate_what_is_left_between",
    "determinant": "determinant_two determinant_three",
    "inverse_matrix": "inverse_two inverse_three multiply_cells work_out_cells",
    "area": "curves_meet upper_minus_lower upper_minus_lower_in_pieces",
    "calculation": "work_it_out",
}
"""The rules of each family, apart by spaces."""

_FAMILY_OF = {rule: family for family, rules in FAMILIES.items() for rule in rules.split()}


def reason_of(rule: str, language: Language) -> str:
    """Why a step by this rule is right; empty for a rule that is not known."""
    family = _FAMILY_OF.get(rule)
    return _SENTENCES[language][family] if family else ""
