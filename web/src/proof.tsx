// The claims of a proposal: what ran, what was seen, whether it holds.
import type { Claim, Proposal } from "./types";

const meanings: Record<Claim["claim"], string> = {
  loads: "It runs",
  reverses: "Down undoes up",
  clears: "The finding is gone",
  cheaper: "Queries get cheaper",
  equivalent: "Same rows as before",
  isolates: "Rows stay apart",
  restores: "It restores",
  lossless: "No value is lost",
};

export function ProofTable({ proof }: { proof: Proposal["proof"] }) {
  if (proof.claims.length === 0) return <p class="untried">Nothing of this was tried.</p>;
  return (
    <div class="wide">
      <table class="proof">
        <caption>Proof</caption>
        <thead>
          <tr><th scope="col">Claim</th><th scope="col">What ran</th><th scope="col">What was seen</th></tr>
        </thead>
        <tbody>
          {proof.claims.map((claim, index) => (
            <tr key={index}>
              <th scope="row"><Mark holds={claim.holds} /> {meanings[claim.claim] ?? claim.claim}</th>
              <td data-label="Ran">{claim.ran || "–"}</td>
              <td data-label={claim.holds === null ? "Not tried" : "Seen"}>{claim.seen}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Mark({ holds }: { holds: boolean | null }) {
  if (holds === null) return <span class="mark untried" role="img" aria-label="not tried:">–</span>;
  return holds ? <span class="mark proved" role="img" aria-label="holds:">✓</span>
    : <span class="mark refuted" role="img" aria-label="does not hold:">✗</span>;
}
