#include "catalog/postgres/ordering.h"

#include <algorithm>
#include <queue>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace architrave::postgres {

namespace {

class Ordering {
 public:
  explicit Ordering(std::vector<Step> steps) : steps_(std::move(steps)) {
    const std::size_t count = steps_.size();
    for (std::size_t i = 0; i < count; ++i)
      for (const std::string& object : steps_[i].makes) maker_.emplace(object, i);
    needed_by_.resize(count);
    open_needs_.resize(count);
    done_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      open_needs_[i] = makers(steps_[i].needs, i);
      for (const std::size_t maker : open_needs_[i]) needed_by_[maker].push_back(i);
    }
    for (std::size_t i = 0; i < count; ++i)
      if (open_needs_[i].empty()) ready_.push(i);
  }

  std::vector<Step> run() {
    std::size_t left = steps_.size();
    while (left > 0) {
      if (ready_.empty()) {
        if (halve()) continue;
        ready_.push(least_open());
      }
      const std::size_t step = ready_.top();
      ready_.pop();
      if (done_[step]) continue;
      done_[step] = true;
      --left;
      take(step, std::move(steps_[step].statements));
      release(step);
    }
    return std::move(ordered_);
  }

 private:
  struct Later {
    const std::vector<Step>* steps;
    bool operator()(std::size_t a, std::size_t b) const {
      const Step& x = (*steps)[a];
      const Step& y = (*steps)[b];
      return std::tie(x.priority, x.name, a) > std::tie(y.priority, y.name, b);
    }
  };

  // The steps that make these objects, each once, without the step itself.
  std::vector<std::size_t> makers(const std::vector<std::string>& objects, std::size_t self) const {
    std::vector<std::size_t> list;
    for (const std::string& object : objects)
      if (const auto found = maker_.find(object); found != maker_.end() && found->second != self)
        list.push_back(found->second);
    std::ranges::sort(list);
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  }

  void take(std::size_t step, std::vector<std::string> statements) {
    Step& taken = ordered_.emplace_back();
    taken.priority = steps_[step].priority;
    taken.name = steps_[step].name;
    taken.of = steps_[step].of;
    taken.act = steps_[step].act;
    taken.alone = steps_[step].alone;
    taken.statements = std::move(statements);
  }

  // The objects of `made` are there.
  void release(std::size_t made) {
    for (const std::size_t waiting : needed_by_[made]) {
      if (std::erase(open_needs_[waiting], made) > 0 && open_needs_[waiting].empty() &&
          !done_[waiting])
        ready_.push(waiting);
    }
    needed_by_[made].clear();
  }

  bool in_cycle(std::size_t step) const {
    std::vector<bool> seen(steps_.size());
    std::vector<std::size_t> stack = {step};
    while (!stack.empty()) {
      const std::size_t at = stack.back();
      stack.pop_back();
      for (const std::size_t next : open_needs_[at]) {
        if (next == step) return true;
        if (seen[next]) continue;
        seen[next] = true;
        stack.push_back(next);
      }
    }
    return false;
  }

  // Takes the first half of a step that stands in a cycle; false if there is none that can.
  bool halve() {
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < steps_.size(); ++i)
      if (!done_[i] && !steps_[i].first.empty()) candidates.push_back(i);
    const Later later{&steps_};
    std::ranges::sort(candidates, [&](std::size_t a, std::size_t b) { return later(b, a); });
    for (const std::size_t step : candidates) {
      const auto first = makers(steps_[step].first_needs, step);
      if (!std::ranges::all_of(first, [&](std::size_t need) {
            return std::ranges::find(open_needs_[step], need) == open_needs_[step].end();
          }))
        continue;
      if (!in_cycle(step)) continue;
      take(step, std::move(steps_[step].first));
      steps_[step].first.clear();
      steps_[step].statements = std::move(steps_[step].second);
      release(step);
      return true;
    }
    return false;
  }

  std::size_t least_open() const {
    const Later later{&steps_};
    std::size_t best = steps_.size();
    for (std::size_t i = 0; i < steps_.size(); ++i)
      if (!done_[i] && (best == steps_.size() || later(best, i))) best = i;
    return best;
  }

  std::vector<Step> steps_;
  std::unordered_map<std::string, std::size_t> maker_;
  std::vector<std::vector<std::size_t>> needed_by_;
  std::vector<std::vector<std::size_t>> open_needs_;
  std::vector<bool> done_;
  std::priority_queue<std::size_t, std::vector<std::size_t>, Later> ready_{Later{&steps_}};
  std::vector<Step> ordered_;
};

}  // namespace

std::vector<Step> in_order(std::vector<Step> steps) { return Ordering(std::move(steps)).run(); }

}  // namespace architrave::postgres
