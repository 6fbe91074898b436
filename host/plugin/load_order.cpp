#include "host/plugin/load_order.hpp"

#include <algorithm>
#include <set>

namespace host::plugin {

namespace {

// Depth first; `path_` is the chain of requirements that led to the present node, so a circle is a node met twice on it.
class Walk {
  public:
    explicit Walk(const std::vector<Node>& nodes) {
        for (const Node& node : nodes)
            by_id_.emplace(node.id, &node);
    }

    void visit(const Node& node) {
        if (done_.contains(node.id)) return;
        path_.push_back(node.id);
        for (const std::string& required : node.requires_plugins)
            follow(node, required);
        path_.pop_back();
        done_.insert(node.id);
        if (!order_.problems.contains(node.id)) order_.ids.push_back(node.id);
    }

    LoadOrder take() { return std::move(order_); }

  private:
    void follow(const Node& node, const std::string& required) {
        const auto found = by_id_.find(required);
        if (found == by_id_.end()) {
            order_.problems.emplace(node.id, "requires " + required + ", which is not enabled; add it to plugins");
            return;
        }
        const auto start = std::find(path_.begin(), path_.end(), required);
        if (start == path_.end()) return visit(*found->second);
        report_circle(start);
    }

    void report_circle(std::vector<std::string>::const_iterator start) {
        std::string circle;
        for (auto at = start; at != path_.cend(); ++at)
            circle += *at + " -> ";
        circle += *start;
        for (auto at = start; at != path_.cend(); ++at)
            order_.problems.emplace(*at, "requires itself in a circle: " + circle);
    }

    std::map<std::string, const Node*> by_id_;
    std::vector<std::string> path_;
    std::set<std::string> done_;
    LoadOrder order_;
};

}  // namespace

LoadOrder order_by_requirements(const std::vector<Node>& nodes) {
    Walk walk(nodes);
    for (const Node& node : nodes)
        walk.visit(node);
    return walk.take();
}

}  // namespace host::plugin
