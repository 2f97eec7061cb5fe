#include "server/command_timer.h"

#include <algorithm>
#include <utility>

#include "server/server.h"

namespace kindred {
namespace {

bool IsError(std::string_view reply) { return reply.starts_with("-"); }

}  // namespace

CommandTimer::CommandTimer(Server& server, uint32_t loop, const Client& client)
    : server_(server), statistics_(server.command_statistics().OfLoop(loop)), client_(client) {}

void CommandTimer::Begin(const CommandRow& row, Args args) {
  row_ = &row;
  args_ = args;
  begun_ns_ = last_ns_ != 0 ? last_ns_ : server_.host().SteadyNs();
}

void CommandTimer::Answered(std::string_view reply, uint64_t after) {
  last_ns_ = server_.host().SteadyNs();
  Ran(*row_, args_, {begun_ns_, last_ns_}, reply, after);
}

void CommandTimer::Ran(const CommandRow& row, Args args, Span span, std::string_view reply,
                       uint64_t after) {
  Running running{&row, span.begun_ns, IsError(reply), after, {}};
  if (IsToldLater(after)) {
    running.packed_args = PackArgs(row, args);
    TellLater(std::move(running), span.ended_ns);
    return;
  }
  const uint64_t us = (span.ended_ns - span.begun_ns) / 1000;
  if (server_.IsSlow(us)) running.packed_args = PackArgs(row, args);
  Finish(running, span.ended_ns);
}

// Its time goes on until the word is heard, so that the clock need not be read here.
void CommandTimer::AnsweredEarly(uint64_t request, uint64_t word, uint64_t after) {
  last_ns_ = begun_ns_;
  const size_t args_begin = early_args_.size();
  if (server_.KeepsSlowLog()) AppendForLog(*row_, args_, &early_args_);
  early_.push_back({request, word, begun_ns_, after, row_, args_begin, early_args_.size()});
}

CommandTimer::Running CommandTimer::RunningOf(const Early& early) const {
  return {early.row, early.begun_ns, false, early.after,
          early_args_.substr(early.args_begin, early.args_end - early.args_begin)};
}

void CommandTimer::OnWord(uint64_t word) {
  if (early_.empty() || early_.front().word > word) return;
  const uint64_t now_ns = server_.host().SteadyNs();
  size_t heard = 0;
  while (heard < early_.size() && early_[heard].word <= word) FinishEarly(early_[heard++], now_ns);
  early_.erase(early_.begin(), early_.begin() + static_cast<std::ptrdiff_t>(heard));
  const size_t args = early_.empty() ? early_args_.size() : early_.front().args_begin;
  early_args_.erase(0, args);
  for (Early& early : early_) {
    early.args_begin -= args;
    early.args_end -= args;
  }
}

void CommandTimer::FinishEarly(const Early& early, uint64_t now_ns) {
  if (IsToldLater(early.after)) {
    TellLater(RunningOf(early), now_ns);
  } else if (server_.IsSlow((now_ns - early.begun_ns) / 1000)) {
    Finish(RunningOf(early), now_ns);
  } else {
    Finish({early.row, early.begun_ns, false, early.after, {}}, now_ns);
  }
}

void CommandTimer::Recall(uint64_t request) {
  const auto early = std::ranges::lower_bound(early_, request, {}, &Early::request);
  if (early == early_.end() || early->request != request) return;
  pending_.emplace(request, RunningOf(*early));
  early_.erase(early);
}

void CommandTimer::Pending(uint64_t request) {
  last_ns_ = server_.host().SteadyNs();
  pending_.emplace(request, Running{row_, begun_ns_, false, 0, PackArgs(*row_, args_)});
}

void CommandTimer::OnReply(uint64_t request, std::string_view reply, uint64_t after) {
  const auto found = pending_.find(request);
  if (found == pending_.end()) return;
  Running running = std::move(found->second);
  pending_.erase(found);
  running.failed = IsError(reply);
  running.after = after;
  const uint64_t now_ns = server_.host().SteadyNs();
  if (IsToldLater(after)) {
    TellLater(std::move(running), now_ns);
  } else {
    Finish(running, now_ns);
  }
}

bool CommandTimer::IsToldLater(uint64_t after) const {
  return !untold_.empty() || after > server_.shared().store().durable();
}

void CommandTimer::TellLater(Running running, uint64_t now_ns) {
  if (running.after <= server_.shared().store().durable()) running.ended_ns = now_ns;
  untold_.push_back(std::move(running));
}

void CommandTimer::OnDurable(uint64_t durable) {
  if (untold_.empty()) return;
  const uint64_t now_ns = server_.host().SteadyNs();
  for (Running& running : untold_) {
    if (running.ended_ns == 0 && running.after <= durable) running.ended_ns = now_ns;
  }
  const auto waits =
      std::ranges::find_if(untold_, [](const Running& running) { return running.ended_ns == 0; });
  std::for_each(untold_.begin(), waits,
                [this](const Running& running) { Finish(running, running.ended_ns); });
  untold_.erase(untold_.begin(), waits);
}

std::string CommandTimer::PackArgs(const CommandRow& row, Args args) const {
  return server_.KeepsSlowLog() ? PackForLog(row, args) : std::string();
}

void CommandTimer::Finish(const Running& running, uint64_t now_ns) {
  const uint64_t ns = now_ns - running.begun_ns;
  CountersOf(*running.row).AddCall(ns, running.failed, server_.tracks_latency());
  const bool fast = (running.row->flags & kFlagFast) != 0;
  server_.NoteLatency(fast ? "fast-command" : "command", ns / 1000);
  if (!running.packed_args.empty() && server_.IsSlow(ns / 1000)) LogSlow(running, ns / 1000);
}

void CommandTimer::LogSlow(const Running& running, uint64_t duration_us) {
  if ((running.row->flags & kFlagSkipSlowlog) != 0) return;
  SlowCommand command;
  command.unix_s = server_.host().WallUs() / 1'000'000;
  command.duration_us = duration_us;
  command.packed_args = running.packed_args;
  command.client_address = client_.address;
  command.client_name = server_.clients().WordsOf(client_).name;
  server_.LogSlow(std::move(command));
}

CommandCounters& CommandTimer::CountersOf(const CommandRow& row) {
  if (counted_row_ != &row) {
    counters_ = &statistics_.Of(row);
    counted_row_ = &row;
  }
  return *counters_;
}

}  // namespace kindred
