// Evaluates simulations, a JSON array on standard input, and writes what IAM would answer to each as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
const { runSimulation } = createRequire(`${process.argv[2]}/`)("@cloud-copilot/iam-simulate");
const answers = [];
for (const simulation of JSON.parse(readFileSync(0, "utf8"))) {
  const response = await runSimulation(simulation, {});
  if (response.errors) throw new Error(JSON.stringify(response.errors));
  answers.push(response.analysis?.result ?? response.overallResult ?? response);
}
console.log(JSON.stringify(answers));
