"""Why the steps of each family of rules are right, in English."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "balance_sum": "It is like a pair of scales: what is done on both sides alike does not tip "
    "them. The number is chosen so that what stands beside the unknown cancels out, and the "
    "unknown comes closer to standing alone.",
    "balance_product": "Both sides are changed alike, so what the line says stays true. The "
    "number is chosen so that the factor before the unknown goes away.",
    "balance_reverse": "Numbers change their order when their signs change: 2 is less than 3, "
    "but -2 is greater than -3. So with a negative number the sign of the inequality turns "
    "around.",
    "clear_denominators": "Multiplied by a number that every denominator divides, each fraction "
    "becomes a whole number of the thing above its bar. Without fractions it is easier to go on. "
    "Every term on both sides is multiplied, so both sides stay equal.",
    "extraneous": "Nothing may be divided by 0. A value for which a denominator of the question "
    "is 0 cannot be its solution, even if it solves a later line.",
    "parts": "A double inequality says two things at once. Doing the same to all three parts "
    "keeps both of them true, and the middle comes closer to the unknown alone.",
    "swap": "Read from the other end it says the same. It is only easier to read like this.",
    "one_kind": "Numbers of one kind are easier to calculate with, and fractions are exact.",
    "percent": "Percent means out of a hundred. Written as a plain number it can be multiplied.",
    "expand": "Everything inside a bracket is multiplied by everything before it: 3 bags with 2 "
    "apples and 1 pear each are 6 apples and 3 pears. Without brackets, like terms can be "
    "collected.",
    "minus_bracket": "A minus before a bracket takes away all that is inside. Taking away a loss "
    "is a gain, so each sign inside turns around.",
    "binomial": "A square is the bracket times itself, so each term of one meets each term of "
    "the other. The formula has counted these products once and for all.",
    "simplify": "The value stays the same; it is only written more shortly, so that the next "
    "step is easier to see.",
    "like_terms": "Like terms are of one kind, as 3 apples and 2 apples are 5 apples: their "
    "numbers are added, and the kind stays.",
    "order_terms": "In a sum the order of the terms does not matter. From the highest power to "
    "the lowest is how it is usually written.",
    "always": "What is left is true whatever the unknown is, so every value is a solution.",
    "never": "What is left is false whatever the unknown is, so no value can be a solution.",
    "square_roots": "The question is which numbers have this square. A number and its opposite "
    "have the same square, so there are two of them.",
    "zero_power": "A product is 0 only if one of its factors is, and in a power all factors are "
    "the same.",
    "negative_square": "A square, a root or an absolute value is never below zero, so it cannot "
    "have the value that is asked for.",
    "root": "A root asks which number gives what is below it when multiplied by itself. A square "
    "within it may come out, as the root and the square undo each other.",
    "cases": "Each of them can be true by itself, so each is solved by itself. Together they are "
    "all there is.",
    "zero_product": "Only with 0 can a product become 0. So at least one of the factors must be "
    "0, and each of them gives a simpler equation.",
    "quadratic_formula": "The formula is what completing the square gives for any quadratic "
    "equation. It needs the three coefficients, with their signs.",
    "discriminant": "The number under the root decides: no real number has a negative square, so "
    "below zero the curve never meets the axis.",
    "complete_square": "With the square of half the coefficient, the left side becomes the "
    "square of a bracket, and of a square the root can be taken.",
    "square_both_sides": "Equal numbers have equal squares, and the square undoes the root. It "
    "may add solutions, so they have to be tried in the question.",
    "absolute_cases": "A number and its opposite are equally far from zero, so either of them "
    "may stand inside.",
    "absolute_zero": "Only zero itself has the distance 0 from zero.",
    "absolute": "The absolute value is how far a number is from zero, and a distance is never "
    "negative.",
    "common_factor": "What all terms have in common is written once, before a bracket. It is "
    "expanding read backwards: multiply it out, and the old line is there again.",
    "identity": "The line has the form of a known product, read from its result. Multiply the "
    "brackets out, and the old line is there again.",
    "trinomial": "When two brackets are multiplied, their numbers give the last term as a "
    "product and the middle one as a sum. So two numbers are wanted that do both.",
    "root_is_factor": "A value that makes the expression 0 always belongs to a factor: the "
    "unknown minus that value.",
    "substitute": "Both equations speak of the same numbers. So an unknown may be replaced by "
    "what it equals, and one equation with one unknown is left.",
    "eliminate": "Equals added to equals are equal. The equations are prepared so that one "
    "unknown falls out when they are added or subtracted.",
    "pair": "A solution of the system is one value for each unknown; together they make every "
    "equation true.",
    "monomials": "In a product the order does not matter: the numbers are multiplied, and powers "
    "of the same letter are counted together.",
    "each_term": "A sum is divided by dividing each of its terms, as a bill is shared item by "
    "item.",
    "order_of_operations": "Brackets come first, then powers and roots, then multiplying and "
    "dividing, and adding and subtracting last. So everybody gets the same result.",
    "left_to_right": "Operations of the same rank are done from left to right.",
    "power": "A power is a short way to write a product of equal factors.",
    "factorial": "The factorial multiplies all whole numbers from 1 up to this one.",
    "signs": "Subtracting is adding the opposite, and the opposite of the opposite is the number "
    "itself.",
    "common_denominator": "Only parts of the same size can be added or subtracted. Above and "
    "below multiplied by the same, a fraction keeps its value.",
    "add_fractions": "The parts have the same size now, so only their numbers, the numerators, "
    "are added or subtracted.",
    "multiply_fractions": "A part of a part: the numerators say how many, the denominators how "
    "small they are.",
    "reciprocal": "Dividing asks how often a number fits. A half fits twice into 1, so dividing "
    "by a fraction is multiplying by it turned upside down.",
    "cancel": "Above and below divided by the same, a fraction keeps its value. With smaller "
    "numbers it is easier to go on.",
    "zero_numerator": "Nothing, divided into any number of parts, is nothing.",
    "fraction_bar": "The bar of a fraction means divided by, so both ways of writing say the same.",
    "rationalise": "Above and below multiplied by the same, the fraction keeps its value, and "
    "the root below is gone: that is how results are compared.",
    "exponent": "The rules for powers go on below 1: a negative exponent means one divided by "
    "the power, a fraction in it means a root.",
    "mixed": "A mixed number is a whole and a part. Written as one fraction it can be calculated "
    "with; written apart it is easier to imagine.",
    "zero": "Zero added or taken away leaves everything as it was.",
    "sum_rule": "In a sum each term is worked on by itself: how fast a sum grows is how fast its "
    "terms grow, together.",
    "power_rule": "The exponent comes down as a factor, and the exponent gets smaller by 1. A "
    "constant does not change, so its derivative is 0.",
    "constant": "A constant does not change. So its slope is 0, and the area below it is a "
    "rectangle.",
    "table_derivative": "This is one of the derivatives that are learnt by heart: the slope of "
    "the curve at each point.",
    "power_rule_integral": "Integrating undoes differentiating: the exponent grows by 1, and it "
    "is divided by. The constant vanishes in the derivative, so any constant is possible.",
    "table_integral": "Integrating undoes differentiating: the derivative of the new line is the "
    "old one. The constant vanishes in it, so any constant is possible.",
    "chain": "Where one function stands inside another, both change: the derivative of the outer "
    "one is multiplied by that of the inner one.",
    "chain_integral": "Differentiating would multiply by the coefficient inside, so integrating "
    "divides by it.",
    "product_rule": "Where two factors change at once, each change counts while the other factor "
    "stands still.",
    "bounds": "The area between two places is the area up to the second less the area up to the "
    "first.",
    "compare": "Both sides are worked out by themselves. What is claimed is true if the two "
    "values stand in the relation that is written between them.",
    "nothing_to_do": "Every rule that could make it shorter was tried, and none fits any more.",
    "one_side": "Compared with 0, only the sign of one side matters, and signs are easy to see "
    "once it is factored.",
    "sign_chart": "Between two of its zeros an expression cannot change its sign, so one look at "
    "each stretch is enough.",
    "no_factor": "For real numbers none of the factors becomes 0, so neither does the product.",
    "split_middle": "Split like this, the terms can be grouped in pairs, and both pairs have the "
    "same bracket in common.",
    "primes": "Every whole number is a product of primes in exactly one way. Divided by the "
    "smallest primes again and again, it is taken apart until only primes are left.",
    "shared_primes": "A number that divides all of them can hold a prime only as often as each "
    "of them does.",
    "all_primes": "A multiple of all the numbers must hold each prime at least as often as the "
    "number that has most of it.",
    "bound_of_divisors": "What divides all the numbers divides the smallest of them, too, so it "
    "cannot be larger than that.",
    "bound_of_multiples": "A multiple of all the numbers is a multiple of the largest of them, "
    "too, so it cannot be smaller than that.",
    "euclid": "What divides both numbers divides the remainder, too, and the other way round. So "
    "the pair may be replaced by a smaller one with the same common factors, until nothing "
    "remains.",
    "lcm_by_gcd": "The product of both numbers holds twice what they have in common. Once is "
    "enough, so it is divided out.",
    "pairs_of_factors": "Factors come in pairs whose product is the number. When the two of a "
    "pair meet, all of them have been found.",
    "common_divisors": "What divides all the numbers divides their greatest common divisor, and "
    "the other way round.",
    "balance_unless_zero": "Both sides are changed alike, so what the line says stays true. "
    "Nothing can be divided by 0, so that case has to be left out.",
    "collect_unknown": "With every term of the unknown on one side and all others on the other "
    "side, the unknown can be taken out of them.",
    "unknown_out": "Each of these terms has the unknown as a factor. Taken out, it stands there "
    "only once, before a bracket that can be divided away.",
    "even_roots": "The root undoes the power. A number and its opposite have the same even "
    "power, so there are two of them.",
    "root_undoes": "The root undoes the power, and equal numbers have equal roots.",
    "mean": "The mean is what each would have if all of it were shared out equally.",
    "median": "The median stands in the middle, with as many numbers below it as above. To see "
    "that, they have to be in order.",
    "mode": "The mode is what occurs most often, so it is enough to count.",
    "range": "The range says how far the numbers reach, from end to end.",
    "spread": "It says how far the numbers are spread around their mean. Squared, distances to "
    "both sides count alike, and large ones count more.",
    "orders": "Each choice for one place goes with each choice for the next one, so the numbers "
    "of choices are multiplied.",
    "choices": "Counted by places, each choice comes once for every order of its members. So the "
    "number is divided by the number of those orders.",
    "slope": "The slope says how far it goes up for each step to the right.",
    "distance": "The two differences are the short sides of a right triangle, and the distance "
    "is its long side.",
    "midpoint": "What is halfway between two numbers is their mean.",
    "values": "The letter stands for any value. Wherever it stands, the value is put.",
    "inverse": "The inverse goes the way back: from the value of the function to what was put "
    "into it.",
    "domain": "A function is defined where each of its parts can be worked out: nothing can be "
    "divided by 0, and below a square root nothing may be negative.",
    "vertex": "A parabola is symmetric, and its vertex lies on the axis of symmetry.",
    "intercepts": "On the horizontal axis the height is 0, and on the vertical axis the other "
    "coordinate is 0.",
    "line": "From one point of a line to any other the slope is the same.",
    "tangent": "The derivative says how steep the curve is at each place, and the tangent is as "
    "steep as the curve there.",
    "share": "A percentage compares a part with its whole, and the whole counts as 100 percent.",
    "interest": "Simple interest is paid on the same money each year, so it is the same each year.",
    "compound": "Each year interest is paid on the interest before, too, so the same factor "
    "comes again and again.",
    "units": "The amount stays the same: there are more of smaller units and fewer of larger ones.",
    "chance": "If no case is likelier than another, the chance is the share of the cases that "
    "are wanted.",
    "known_values": "These functions have simple values at a few places, which everybody learns: "
    "the unit circle shows that the sine of 0 is 0 and the cosine is 1, and any number to the "
    "power 0 is 1.",
    "limit_factor": "A limit asks what happens close to the place, not at the place itself. "
    "There the factor that becomes 0 is not 0 yet, so above and below may be divided by it.",
    "limit_conjugate": "Multiplying above and below by the same thing does not change a "
    "fraction. Sum times difference leaves only squares, so the root disappears from where it "
    "makes 0 over 0.",
    "hospital": "Close to a place where both are 0, each function is nearly its slope times the "
    "distance from there. The distance cancels, and the ratio of the slopes is left.",
    "infinite": "A number divided by something very small is very large. Whether it is positive "
    "or negative depends on the signs above and below, and the two sides need not agree.",
    "far_out": "Divided by a large number, anything fixed comes as close to 0 as you like. So "
    "far out only the highest powers matter.",
    "extrema": "At the top of a hill and at the bottom of a valley the curve is level: its "
    "slope, the derivative, is 0. So only places with derivative 0 can be maxima or minima.",
    "second_derivative": "The second derivative tells how the slope changes. Where it is "
    "negative the slope falls from plus to minus, so the place is a top; where it is positive, a "
    "bottom.",
    "substitution": "This is the chain rule backwards: a function of something inside, times the "
    "derivative of what is inside, comes from one derivative. A number that is missing may be "
    "put in and taken out again.",
    "by_parts": "This is the product rule backwards. It pays when the new integral is simpler: "
    "the factor that is differentiated should become simpler, and the other one should be easy "
    "to integrate.",
    "determinant": "The determinant tells by how much the matrix stretches areas or volumes. "
    "Each product takes one number from every row and every column; half of them count with a "
    "minus sign.",
    "inverse_matrix": "A matrix times its inverse gives ones on the diagonal and zeros "
    "elsewhere. With the numbers placed like this every product gives the determinant or 0, so "
    "dividing by the determinant is all that is left.",
    "calculation": "Only numbers are left, so they are worked out in the usual order: brackets, "
    "powers and roots, products, sums.",
    "area": "Cut into thin upright strips, the region has in each place the height upper curve "
    "minus lower curve; the integral adds up the strips. Where the curves cross, up and down "
    "change places.",
    "guarded_power": "Equal numbers have equal powers, and the power undoes the root. The other "
    "way round that holds only where both sides have the same sign, hence the condition.",
    "in_vain": "Every solution of the question would solve the later line, too. Where that has "
    "none that fits, the question has none.",
    "condition": "The step before was allowed under a condition. What does not satisfy it has "
    "come in by that step and is no solution.",
    "bars": "The absolute value is the distance from zero: of a number that is not negative it "
    "is the number itself, of any other its opposite.",
    "steady_factors": "Without a zero the left side cannot change its sign, so what it is at one "
    "place it is everywhere.",
    "true_parts": "What is true for every value demands nothing of it.",
    "and_or": "Joined by 'and', all of them have to hold; joined by 'or', one of them is enough.",
    "distances": "The absolute value is how far a number is from zero. Near enough means between "
    "two opposite numbers, far enough means beyond them.",
    "equal_exponents": "A positive number other than 1 has different powers for different "
    "exponents, so equal powers mean equal exponents.",
    "one_base": "Powers can be compared and collected once they are powers of the same number: a "
    "power of a power has the product of the exponents as its exponent.",
    "powers_positive": "However large or small the exponent, a power of a positive number is "
    "positive.",
    "multiply_by_power": "The power is never 0, so multiplying both sides by it changes no "
    "solution.",
    "logarithm": "The logarithm of a number to a base is by definition the exponent that makes "
    "the number out of the base.",
    "take_logarithms": "Equal positive numbers have equal logarithms, and the logarithm of a "
    "power is the exponent times the logarithm of the base: the unknown comes down from the "
    "exponent.",
    "laws_of_logarithms": "Logarithms are exponents: where numbers are multiplied, their "
    "logarithms are added, and a power multiplies its logarithm by the exponent.",
    "equal_logarithms": "The logarithm grows all the time, so equal logarithms come from equal "
    "numbers. Those numbers have to be positive.",
    "logarithms_in_vain": "Only positive numbers have a logarithm. What makes one of them "
    "negative or 0 is no solution.",
    "bounded_functions": "Sine and cosine are the coordinates of a point on the circle with "
    "radius 1, and no point of it lies further out.",
    "all_angles": "On the unit circle two points have the same height, two lie equally far to "
    "the right, and two on one line through the middle; every full turn comes back to the same "
    "point.",
    "turns": "What is done to the angle is done to its turns as well, or solutions would get lost.",
    "angles_in_range": "The general solution has an angle for each whole number; only a few of "
    "them lie in a bounded range.",
    "pythagoras": "Sine and cosine are the sides of a right triangle whose longest side is 1, so "
    "their squares add up to 1.",
    "divide_by_cosine": "Where the cosine is 0 the sine is 1 or -1, so the equation does not "
    "hold there and nothing is lost by dividing.",
    "double_angle": "The formulas of the double angle are those of a sum of two equal angles. "
    "Afterwards only one angle is left.",
    "denominators_of_formula": "A solution has to make sense in the question as it was asked. "
    "Where it would make a denominator 0, there is none.",
    "laws_of_exponents": "A power is short for a product of equal factors. Count the factors: "
    "multiplying powers puts them together, dividing takes some away, and a power of a power "
    "repeats them. Negative and broken exponents have been given the one meaning with which these "
    "laws go on.",
    "zero_exponent": "Each time the exponent goes down by one, the power is divided by its base. "
    "From exponent 1 to 0 that leaves 1, and below 0 it goes on with fractions.",
    "laws_of_roots": "Roots may be multiplied below one root sign, and what is a full power "
    "below it has a root that can be told.",
    "root_of_square": "Squaring forgets the sign, and the root gives the number that is not "
    "negative. So what comes out is the size of the letter, whatever its sign.",
    "ratio": "A ratio compares by division, like a fraction: multiplying or dividing all its "
    "parts by the same number does not change it.",
    "proportion": "Two equal fractions multiplied by both denominators leave equal products.",
    "columns": "Each digit stands for ones, tens, hundreds. Working column by column treats ones "
    "with ones and tens with tens, and ten of one kind are one of the next.",
    "written_division": "The dividend is shared out from its largest place on: how often the "
    "divisor fits, what is left, and with the next digit the same again.",
    "other_form": "A fraction, a decimal and a percentage are three ways to write one number. Its "
    "value stays; only the way it is written changes.",
    "point_moves": "Ten times a number has the same digits, each one place further to the left. So "
    "with every factor 10 the point moves by one place.",
    "shares": "A ratio counts equal parts. When it is known how large one of them is, each share "
    "is as many of them as the ratio says.",
    "scientific": "In scientific notation every number is one from 1 to below 10 times a power "
    "of 10, so that sizes can be compared at a glance. Moving the point by one place changes a "
    "number by a factor of 10, which the exponent makes good.",
}
