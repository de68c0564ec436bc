"""What a teacher says at each rule, in English."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # equations
    "subtract_from_both_sides": "Subtract {term} from both sides.",
    "add_to_both_sides": "Add {term} to both sides.",
    "divide_both_sides": "Divide both sides by {divisor}.",
    "divide_both_sides_and_reverse": "Divide both sides by {divisor}. Dividing by a negative "
    "number reverses the inequality sign.",
    "multiply_both_sides": "Multiply both sides by {factor}.",
    "multiply_both_sides_and_reverse": "Multiply both sides by {factor}. Multiplying by a negative "
    "number reverses the inequality sign.",
    "multiply_both_sides_by_denominator": "Multiply both sides by {factor} to clear the "
    "denominators.",
    "write_as_fractions": "Write all numbers as fractions.",
    "expand_brackets": "Expand the brackets.",
    "simplify_both_sides": "Simplify each side.",
    "swap_sides": "Swap the two sides.",
    "always_true": "This is true for every value of the unknown.",
    "never_true": "This is never true, so there is no solution.",
    # quadratics
    "take_square_roots": "Take the square root of both sides. A positive number has two square "
    "roots.",
    "take_root_of_zero": "A power is 0 only if its base is 0.",
    "negative_square": "A square is never negative, so it cannot be {value}.",
    "simplify_root": "Simplify the root: {root} is {value}.",
    "two_cases": "There are two cases.",
    "two_solutions": "Write the two solutions apart.",
    "zero_product": "A product is zero only if one of its factors is zero.",
    "solve_each_factor": "Solve each equation.",
    "solve_factor": "Solve for the unknown.",
    "solve_each": "Solve for the unknown.",
    "no_factor_is_zero": "No factor can be zero for a real number.",
    "quadratic_formula": "Use the quadratic formula. The coefficients are {a}, {b} and {c}.",
    "evaluate_discriminant": "Work out the number under the root: it is {value}.",
    "negative_discriminant": "The discriminant {discriminant} is {value}. It is negative, so "
    "there is no real solution.",
    "reduce_fraction": "Reduce the fraction.",
    # factoring
    "factor_out_common": "Take out the common factor {factor}.",
    "factor_out_sign": "Take out the minus sign.",
    "difference_of_squares": "This is a difference of squares: {a} squared minus {b} squared.",
    "sum_of_cubes": "This is a sum of cubes: {a} cubed plus {b} cubed.",
    "difference_of_cubes": "This is a difference of cubes: {a} cubed minus {b} cubed.",
    "perfect_square_sum": "This is the square of a sum: {a} squared, twice {a} times {b}, {b} "
    "squared.",
    "perfect_square_difference": "This is the square of a difference: {a} squared, minus twice "
    "{a} times {b}, {b} squared.",
    "factor_trinomial": "Find two numbers with product {product} and sum {sum}: they are {m} and "
    "{n}.",
    "split_middle_term": "Find two numbers with product {product} and sum {sum}: they are {m} and "
    "{n}. Split the middle term with them.",
    "group_terms": "Group the terms in pairs and take out what each pair has in common.",
    "factor_out_bracket": "Take out the common bracket {bracket}.",
    "factor_by_root": "Putting in {root} for {letter} gives 0, so {factor} is a factor.",
    # systems
    "swap_sides_of_equation": "Swap the sides of equation {which}.",
    "isolate": "Solve equation {which} for {letter}.",
    "substitute": "Put {value} in place of {letter} in the other equation.",
    "substitute_back": "Put {value} in place of {letter} in the other equation.",
    "standard_form": "Write equation {which} with the unknowns on the left.",
    "multiply_equation": "Multiply equation {which} by {factor}.",
    "add_equations": "Add the two equations. The terms with {letter} cancel.",
    "subtract_equations": "Subtract the second equation from the first. The terms with {letter} "
    "cancel.",
    "state_solution": "Write down the solution.",
    "system_never_true": "One of the equations is never true, so the system has no solution.",
    "system_always_true": "One of the equations is always true, so the system has infinitely many "
    "solutions.",
    # expressions
    "collect_like_terms": "Collect like terms.",
    "multiply_monomials": "Multiply the numbers and the powers of the same letter.",
    "distribute": "Multiply each term in the bracket by {factor}.",
    "divide_each_term": "Divide each term by {factor}.",
    "multiply_sums": "Multiply each term of one bracket by each term of the other.",
    "square_of_sum": "Use the formula for the square of a sum.",
    "square_of_difference": "Use the formula for the square of a difference.",
    "product_of_sum_and_difference": "The product of a sum and the same difference is a "
    "difference of squares.",
    "binomial_theorem": "Use the binomial theorem.",
    "write_as_product": "Write the power as a product.",
    "remove_brackets": "Remove the brackets. A minus sign before them changes every sign inside.",
    "order_terms": "Order the terms by falling powers.",
    # arithmetic
    "work_item": "{task} is {result}",
    "add_and_subtract": "Add and subtract from left to right.",
    "multiply": "Multiply.",
    "divide": "Divide.",
    "multiply_and_divide_first": "Multiply and divide first: {work}.",
    "work_out_brackets": "Work out the brackets first: {work}.",
    "evaluate_powers": "Work out the power.",
    "evaluate_powers_first": "Work out the powers first: {work}.",
    "evaluate_roots": "Work out the root.",
    "evaluate_roots_first": "Work out the roots first: {work}.",
    "simplify_roots": "Draw the largest square out of the root.",
    "simplify_roots_first": "Draw the largest squares out of the roots: {work}.",
    "absolute_value": "The absolute value is the distance from 0.",
    "absolute_value_first": "Work out the absolute values: {work}.",
    "evaluate_factorial": "Multiply all whole numbers from 1 up to this one.",
    "evaluate_factorial_first": "Work out the factorials: {work}.",
    "double_negative": "Two minus signs make a plus.",
    "drop_sign_brackets": "Adding a negative number is subtracting; subtracting a negative number "
    "is adding.",
    "common_denominator": "Write the fractions with the common denominator {denominator}.",
    "add_fractions": "The denominators are equal, so add and subtract the numerators.",
    "multiply_fractions": "Multiply the numerators and multiply the denominators.",
    "multiply_by_reciprocal": "Dividing by a fraction is multiplying by its reciprocal.",
    "bar_as_division": "Write the fraction bar as a division.",
    "sign_in_front": "Write the sign in front of the fraction.",
    "divide_as_fraction": "The division does not come out even, so write a fraction.",
    "rationalise": "Multiply above and below by the root, so that no root is left below.",
    "collect_like_roots": "Add and subtract the terms with the same root.",
    "multiply_roots": "Multiply. The product of two roots is the root of the product.",
    "negative_exponent": "A negative exponent means one over the power.",
    "fractional_exponent": "A fraction as exponent means a root.",
    "mixed_to_improper": "Write the mixed numbers as improper fractions.",
    "improper_to_mixed": "Write the result as a mixed number.",
    "percent_as_decimal": "Write the percentage as a decimal: percent means divided by 100.",
    "percent_as_fraction": "Write the percentage as a fraction: percent means divided by 100.",
    "decimals_as_fractions": "Write the decimals as fractions.",
    # calculus
    "sum_rule_derivative": "Differentiate term by term.",
    "power_rule": "Use the power rule: the derivative of $x^n$ is $n x^{{n-1}}$.",
    "derivative_of_constant": "The derivative of a constant is 0.",
    "derivative_of_sin": "The derivative of sine is cosine.",
    "derivative_of_cos": "The derivative of cosine is minus sine.",
    "derivative_of_exp": "The exponential function is its own derivative.",
    "derivative_of_ln": "The derivative of the natural logarithm is one over the letter.",
    "derivative_rules": "Apply the rule for each kind of term.",
    "simplify_terms": "Multiply the numbers in each term.",
    "write_as_powers": "Write roots and fractions as powers.",
    "write_without_powers": "Write negative and fractional exponents as fractions and roots.",
    "divide_each_term_by_denominator": "Divide each term by the denominator.",
    "sum_rule_integral": "Integrate term by term.",
    "power_rule_integral": "Use the power rule: an antiderivative of $x^n$ is "
    "$\\frac{{x^{{n+1}}}}{{n+1}}$. Add the constant $C$.",
    "integral_of_inverse": "An antiderivative of $\\frac{{1}}{{x}}$ is $\\ln|x|$. Add the "
    "constant $C$.",
    "integral_of_sin": "An antiderivative of sine is minus cosine. Add the constant $C$.",
    "integral_of_cos": "An antiderivative of cosine is sine. Add the constant $C$.",
    "integral_of_exp": "The exponential function is its own antiderivative. Add the constant $C$.",
    "integral_rules": "Apply the rule for each kind of term and add the constant $C$.",
    "find_antiderivative": "Find an antiderivative.",
    "put_in_upper_bound": "Put in the upper bound; the lower bound gives 0.",
    "put_in_bounds": "Put in the upper bound and subtract what the lower bound gives.",
    "work_out_part": "Work out this part first: {work}.",
    "add": "Add.",
    "subtract": "Subtract.",
    "rationalise_sum": "Multiply above and below by the same terms with the other sign, so "
    "that no root is left below.",
    "solve_each_factor_but_one": "Solve each equation. The factor {factor} is never zero.",
    "power_rule_and_constant": "Use the power rule: the derivative of $x^n$ is $n x^{{n-1}}$. "
    "The derivative of a constant is 0.",
    "derivative_of_sin_of_linear": "The derivative of sine is cosine; multiply by the "
    "derivative of what is inside.",
    "derivative_of_cos_of_linear": "The derivative of cosine is minus sine; multiply by the "
    "derivative of what is inside.",
    "derivative_of_exp_of_linear": "The exponential function is its own derivative; multiply "
    "by the derivative of the exponent.",
    "derivative_of_ln_of_linear": "The derivative of the natural logarithm is one over what is "
    "inside; multiply by the derivative of what is inside.",
    "integral_of_constant": "The integral of a constant is the constant times the letter. Add "
    "the constant $C$.",
    "integral_of_sin_of_linear": "An antiderivative of sine is minus cosine; divide by the "
    "factor of the letter. Add the constant $C$.",
    "integral_of_cos_of_linear": "An antiderivative of cosine is sine; divide by the factor of "
    "the letter. Add the constant $C$.",
    "integral_of_exp_of_linear": "The exponential function is its own antiderivative; divide "
    "by the factor of the letter. Add the constant $C$.",
    # fractions with letters, roots, absolute values
    "cancel_common_factor": "Cancel the common factor {factor}. It may not be 0: there the "
    "question has no value.",
    "zero_numerator": "The numerator is 0.",
    "square_both_sides": "Square both sides.",
    "raise_both_sides": "Raise both sides to the power {exponent}.",
    "negative_root": "A square root is never negative, so there is no real solution.",
    "negative_absolute_value": "An absolute value is never negative, so there is no real solution.",
    "zero_absolute_value": "An absolute value is 0 only if what is inside is 0.",
    "cases_of_absolute_value": "What is inside is either this number or its opposite.",
    "multiply_by_unknown_denominator": "Multiply both sides by the common denominator {factor}.",
    "denominator_would_be_zero": "Multiplying both sides by {factor} leaves only {value}, "
    "which makes a denominator 0. So there is no solution.",
    "subtract_from_all_parts": "Subtract {term} from all parts.",
    "add_to_all_parts": "Add {term} to all parts.",
    "divide_all_parts": "Divide all parts by {divisor}.",
    "divide_all_parts_and_reverse": "Divide all parts by {divisor}. Dividing by a negative number "
    "reverses the inequality signs.",
    "order_parts": "Write the smaller number first.",
    "add_square_of_half": "Add the square of half the coefficient of {letter}, {square}, to both "
    "sides.",
    "drop_zero": "Adding or subtracting 0 changes nothing.",
    # statements about numbers
    "sides_are_equal": "Both sides have the same value, so the statement is true.",
    "sides_differ": "The two sides are not equal, so the statement is false.",
    "result_is_wrong": "{value} is not equal to {claimed}, so the statement is wrong. The right "
    "value is {value}.",
    "comparison_holds": "Compare the values: the statement is true.",
    "comparison_fails": "Compare the values: the statement is false.",
    # nothing to be done
    "no_like_terms": "There are no like terms: it is already as simple as it gets.",
    "already_simple": "This is already as simple as it gets.",
    "no_factors": "With rational numbers this cannot be factored any further.",
    "lowest_terms": "Numerator and denominator have no common factor: the fraction is in lowest "
    "terms already.",
    "product_rule": "Use the product rule: the derivative of $uv$ is $u'v + uv'$.",
    "quotient_rule": "Use the quotient rule: the derivative of $\\frac{{u}}{{v}}$ is "
    "$\\frac{{u'v - uv'}}{{v^2}}$.",
    "chain_rule_power": "Use the chain rule: the power rule, times the derivative of the base.",
    "chain_rule_root": "Use the chain rule: the derivative of what is below the root over twice "
    "the root.",
    "chain_rule_sin": "Use the chain rule: sine becomes cosine, times the derivative of what is "
    "inside.",
    "chain_rule_cos": "Use the chain rule: cosine becomes minus sine, times the derivative of what "
    "is inside.",
    "chain_rule_tan": "Use the chain rule: the derivative of what is inside over the square of "
    "cosine.",
    "chain_rule_exp": "Use the chain rule: the exponential function stays, times the derivative of "
    "the exponent.",
    "chain_rule_ln": "Use the chain rule: the derivative of what is inside over what is inside.",
    "inner_derivatives": "Work out the derivatives that are left.",
    "tidy_up": "Simplify.",
    # quadratic inequalities
    "bring_to_one_side": "Bring everything to the left side.",
    "always_positive": "The discriminant {discriminant} is {value}. It is negative, so the left "
    "side is never zero, and always positive.",
    "zero_at_one": "The left side is a square: it is zero at {value} only, and positive elsewhere.",
    "signs_around_zeros": "The left side is zero at {low} and {high}. It is negative between them "
    "and positive outside.",
}
