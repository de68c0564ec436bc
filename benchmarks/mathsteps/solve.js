// Asks mathsteps every problem of a task that it knows; answers as JSON on standard output.
// Each is asked once unmeasured, so that both sides are measured warm.
const { readFileSync } = require("fs");
const mathsteps = require("mathsteps");

function ask(task, formula) {
  if (task === "solve") {
    const steps = mathsteps.solveEquation(formula);
    return [steps, steps.length ? steps[steps.length - 1].newEquation.ascii() : null];
  }
  const solver = task === "factor" ? mathsteps.factor : mathsteps.simplifyExpression;
  const steps = solver(formula);
  return [steps, steps.length ? steps[steps.length - 1].newNode.toString() : null];
}

function measured(task, formula) {
  try {
    ask(task, formula);
    const started = process.hrtime.bigint();
    const [steps, answer] = ask(task, formula);
    const ms = Number(process.hrtime.bigint() - started) / 1e6;
    return { answer, steps: steps.length, ms };
  } catch (error) {
    return { answer: null, steps: 0, ms: null };
  }
}

// What the library has to say to the console is not part of the answers.
console.error = () => {};
const TASKS = ["evaluate", "simplify", "expand", "factor", "solve"];
const problems = JSON.parse(readFileSync(process.argv[2], "utf8"));
const answers = problems.map(({ task, formula }) =>
  !TASKS.includes(task) ? { answer: null, steps: 0, ms: null } : measured(task, formula)
);
process.stdout.write(JSON.stringify(answers));
