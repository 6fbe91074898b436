#include "host/http/route_tree.hpp"

#include "host/http/percent.hpp"

namespace host::http {

std::uint32_t RouteTree::new_endpoint() {
    endpoints_.emplace_back();
    return static_cast<std::uint32_t>(endpoints_.size() - 1);
}

std::uint32_t RouteTree::next_node(std::uint32_t node, const RoutePattern::Segment& segment) {
    const auto fresh = static_cast<std::uint32_t>(nodes_.size());
    std::uint32_t& place = segment.kind == RoutePattern::Kind::Literal
                               ? nodes_[node].literals.try_emplace(segment.text, none).first->second
                               : nodes_[node].parameter;
    if (place != none) return place;
    place = fresh;
    nodes_.emplace_back();
    return fresh;
}

std::size_t RouteTree::add(const RoutePattern& pattern) {
    std::uint32_t node = 0;
    for (const RoutePattern::Segment& segment : pattern.segments) {
        if (segment.kind == RoutePattern::Kind::Wildcard) {
            if (nodes_[node].wildcard == none) nodes_[node].wildcard = new_endpoint();
            return nodes_[node].wildcard;
        }
        node = next_node(node, segment);
    }
    if (nodes_[node].endpoint == none) nodes_[node].endpoint = new_endpoint();
    return nodes_[node].endpoint;
}

std::uint32_t RouteTree::literal_child(const Node& node, std::string_view raw) const {
    if (raw.find('%') == std::string_view::npos) {
        const auto found = node.literals.find(raw);
        return found != node.literals.end() ? found->second : none;
    }
    const auto found = node.literals.find(percent_decode(raw).value_or(std::string()));
    return found != node.literals.end() ? found->second : none;
}

}  // namespace host::http
